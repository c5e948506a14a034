import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type BlobStore, StoreError } from './blob-store.js';

export type StoredObject = { readonly sha256: string; readonly size_bytes: number };

/** The key of an object that is named by its content. Throws when the hash is not 64 hex digits. */
export function objectKey(sha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256)) {
    throw new StoreError('bad_key', `"${sha256.slice(0, 80)}" is not a SHA-256 of an object.`);
  }
  return `objects/${sha256.slice(0, 2)}/${sha256.slice(2)}`;
}

/** Stores bytes under their own hash; storing the same bytes again rewrites them, which also mends a damaged copy. */
export async function putObject(store: BlobStore, data: Uint8Array): Promise<StoredObject> {
  const sha256 = createHash('sha256').update(data).digest('hex');
  await store.put(objectKey(sha256), data, { durable: true });
  return { sha256, size_bytes: data.byteLength };
}

/** Stores a file without reading it into memory. Throws when the file changes meanwhile. */
export async function putObjectFile(store: BlobStore, path: string): Promise<StoredObject> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  const sha256 = hash.digest('hex');
  const verified = verify(sha256, () => `The file ${path} changed while it was being stored.`);
  const source = createReadStream(path);
  source.on('error', (error) => verified.stream.destroy(error));
  await store.put(objectKey(sha256), source.pipe(verified.stream), { durable: true });
  return { sha256, size_bytes: verified.size() };
}

/** Reads an object and checks it against its name; throws `damaged` when a byte is not what was written. */
export async function getObject(store: BlobStore, sha256: string): Promise<Buffer> {
  const data = await store.get(objectKey(sha256));
  if (createHash('sha256').update(data).digest('hex') !== sha256) throw damaged(store, sha256);
  return data;
}

/** Like {@link getObject} as a stream, which fails at its end when the object is damaged. */
export async function getObjectStream(store: BlobStore, sha256: string): Promise<Readable> {
  const source = await store.getStream(objectKey(sha256));
  const { stream } = verify(sha256, () => damaged(store, sha256).message);
  source.on('error', (error) => stream.destroy(error));
  return source.pipe(stream);
}

function verify(sha256: string, message: () => string): { stream: Transform; size: () => number } {
  const hash = createHash('sha256');
  let size = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.byteLength;
      done(null, chunk);
    },
    flush(done) {
      done(hash.digest('hex') === sha256 ? null : new StoreError('damaged', message()));
    },
  });
  return { stream, size: () => size };
}

function damaged(store: BlobStore, sha256: string): StoreError {
  const key = objectKey(sha256);
  const message = `The object "${key}" in ${store.location} is damaged: its bytes do not match its name.`;
  return new StoreError(
    'damaged',
    `${message} Restore it from a backup or run the stage that made it again.`,
  );
}
