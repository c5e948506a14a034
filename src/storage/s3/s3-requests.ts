import type { Readable } from 'node:stream';
import type * as Sdk from '@aws-sdk/client-s3';
import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { type BlobEntry, StoreError } from '../blob-store.js';
import { isConflict, s3Error } from './s3-errors.js';
import { loadS3Package } from './s3-packages.js';
import type { S3Patience, S3Settings } from './s3-settings.js';

/** What the store asks of S3, by whole keys. Errors are store errors that name the object. */
export interface S3Requests {
  readonly location: string;
  put(key: string, data: Uint8Array | Readable): Promise<void>;
  putIfAbsent(key: string, data: Uint8Array): Promise<boolean>;
  get(key: string): Promise<Buffer>;
  getStream(key: string): Promise<Readable>;
  has(key: string): Promise<boolean>;
  delete(key: string): Promise<void>;
  entries(prefix: string): AsyncIterable<BlobEntry>;
}

/** How often a body is read again that broke off after the answer had begun, which the SDK does not retry. */
const BODY_TRIES = 3;

/** Makes requests with the AWS SDK, which is loaded with the first of them. */
export function createS3Requests(settings: S3Settings, patience: S3Patience = {}): S3Requests {
  const { bucket: Bucket, prefix, endpoint } = settings;
  const location = `${endpoint === undefined ? 's3://' : `${endpoint}/`}${Bucket}${prefix === '' ? '' : `/${prefix}`}`;
  let loading: Promise<Loaded> | undefined;
  const loaded = (): Promise<Loaded> => (loading ??= load(settings, patience));
  const asking = async <T>(key: string, ask: (s3: Loaded) => Promise<T>): Promise<T> => {
    try {
      return await ask(await loaded());
    } catch (error) {
      throw s3Error(error, key, location, settings);
    }
  };
  const send = (key: string): Promise<GetObjectCommandOutput> =>
    asking(key, ({ client, sdk }) => client.send(new sdk.GetObjectCommand({ Bucket, Key: key })));

  return {
    location,
    put: (key, data) =>
      asking(key, async (s3) => {
        if (data instanceof Uint8Array) {
          await s3.client.send(new s3.sdk.PutObjectCommand({ Bucket, Key: key, Body: data }));
        } else {
          await upload(s3, { Bucket, Key: key, Body: data });
        }
      }),
    putIfAbsent: (key, data) =>
      asking(key, async ({ client, sdk }) => {
        const condition = { Bucket, Key: key, Body: data, IfNoneMatch: '*' };
        await client.send(new sdk.PutObjectCommand(condition));
        return true;
      }).catch(falseWhenTaken),
    get: (key) => asking(key, () => wholeBody(() => send(key))),
    getStream: async (key) => {
      const { Body } = await send(key);
      return Body as Readable;
    },
    has: (key) =>
      asking(key, async ({ client, sdk }) => {
        await client.send(new sdk.HeadObjectCommand({ Bucket, Key: key }));
        return true;
      }).catch(falseWhenMissing),
    delete: (key) =>
      asking(key, async ({ client, sdk }) => {
        await client.send(new sdk.DeleteObjectCommand({ Bucket, Key: key }));
      }),
    entries: (prefix) => listEntries(Bucket, prefix, asking),
  };
}

type Asking = <T>(key: string, ask: (s3: Loaded) => Promise<T>) => Promise<T>;

async function* listEntries(Bucket: string, prefix: string, asking: Asking): AsyncGenerator<BlobEntry> {
  let token: string | undefined;
  do {
    const from = token === undefined ? {} : { ContinuationToken: token };
    const page = await asking(prefix, ({ client, sdk }) =>
      client.send(new sdk.ListObjectsV2Command({ Bucket, Prefix: prefix, ...from })),
    );
    for (const { Key, Size = 0, LastModified } of page.Contents ?? []) {
      if (Key === undefined) continue;
      yield { key: Key, size_bytes: Size, modified_at: LastModified?.getTime() ?? Date.now() };
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
}

type Loaded = { readonly sdk: typeof Sdk; readonly client: S3Client };

async function load(settings: S3Settings, patience: S3Patience): Promise<Loaded> {
  const sdk = await loadS3Package(() => import('@aws-sdk/client-s3'));
  const { region, endpoint, forcePathStyle = endpoint !== undefined } = settings;
  const { maxAttempts = 4, connectTimeoutMs = 10_000, idleTimeoutMs = 60_000 } = patience;
  const server =
    endpoint === undefined
      ? {}
      : {
          endpoint,
          // Other servers have no regions and refuse checksums they do not know; objects carry their own hash anyway.
          region: region ?? process.env['AWS_REGION'] ?? 'us-east-1',
          requestChecksumCalculation: 'WHEN_REQUIRED' as const,
          responseChecksumValidation: 'WHEN_REQUIRED' as const,
        };
  const client = new sdk.S3Client({
    ...(region === undefined ? {} : { region }),
    ...server,
    forcePathStyle,
    maxAttempts,
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      requestTimeout: idleTimeoutMs,
      throwOnRequestTimeout: true,
      socketTimeout: idleTimeoutMs,
    },
  });
  return { sdk, client };
}

/** In parts, since the length of a stream is not known before its end; a failure leaves nothing behind. */
async function upload(
  { client }: Loaded,
  params: { readonly Bucket: string; readonly Key: string; readonly Body: Readable },
): Promise<void> {
  const { Upload } = await loadS3Package(() => import('@aws-sdk/lib-storage'));
  await new Upload({ client, params, queueSize: 2, partSize: 8 * 1024 * 1024 }).done();
}

function falseWhenMissing(error: unknown): false {
  if (error instanceof StoreError && error.code === 'missing') return false;
  throw error;
}

function falseWhenTaken(error: unknown): false {
  if (error instanceof StoreError && isConflict(error.cause)) return false;
  throw error;
}

async function wholeBody(request: () => Promise<GetObjectCommandOutput>): Promise<Buffer> {
  for (let tries = 1; ; tries++) {
    const { Body } = await request();
    try {
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    } catch (error) {
      if (tries >= BODY_TRIES) throw error;
    }
  }
}
