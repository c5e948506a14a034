import { type Payload, type StorageDriver, StorageDriverClaim } from '@temporalio/common';
import proto from '@temporalio/proto';
import { StoreError } from '../blob-store.js';
import { loadS3Package } from './s3-packages.js';
import type { S3Requests } from './s3-requests.js';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** The name that Temporal's S3 drivers have in every language, so that workers in others find the payloads. */
const NAME = 'aws.s3driver';

/** Larger payloads than Temporal's driver takes by itself; a chain may carry more than 50 MB. */
const LARGEST_BYTES = 512 * 1024 * 1024;

type Place = { readonly bucket: string; readonly start: string };

/**
 * Keeps payloads with Temporal's own driver for S3. The claims name whole keys, as drivers in other languages expect;
 * claims and payloads are made anew, since the package brings its own copies of the classes.
 */
export function createS3PayloadDriver(requests: S3Requests, { bucket, start }: Place): StorageDriver {
  let loading: Promise<StorageDriver> | undefined;
  const driver = (): Promise<StorageDriver> => (loading ??= load(requests, bucket));
  return {
    name: NAME,
    type: NAME,
    store: async (context, payloads) => {
      const claims = await explained(async () => (await driver()).store(context, payloads));
      return claims.map(
        ({ claimData }) => new StorageDriverClaim({ ...claimData, key: `${start}${claimData['key']}` }),
      );
    },
    retrieve: async (context, claims) => {
      const found = await explained(async () => (await driver()).retrieve(context, claims));
      return found.map(({ metadata, data }): Payload =>
        PayloadMessage.create({ metadata: metadata ?? {}, data: data ?? new Uint8Array() }),
      );
    },
  };

  async function load(through: S3Requests, name: string): Promise<StorageDriver> {
    const { S3StorageDriver } = await loadS3Package(() => import('@temporalio/external-storage-s3'));
    return new S3StorageDriver({
      bucket: name,
      maxPayloadSize: LARGEST_BYTES,
      client: {
        putObject: (_bucket, key, data) => through.put(`${start}${key}`, data),
        objectExists: (_bucket, key) => through.has(`${start}${key}`),
        getObject: (_bucket, key) => through.get(key),
      },
    });
  }
}

/** The store's own error says more than the driver's, which wraps it. */
async function explained<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.cause instanceof StoreError) throw error.cause;
    if (error.message.includes('integrity check failed')) {
      const message = `A payload in S3 is damaged: ${error.message}. Restore it from a backup or run the stage that made it again.`;
      throw new StoreError('damaged', message, { cause: error });
    }
    throw error;
  }
}
