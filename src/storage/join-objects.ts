import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { BlobStore } from './blob-store.js';
import { getObjectStream, objectKey, type StoredObject } from './objects.js';

/**
 * Stores one object made of others, one after the other. Reads them twice, because the name of an object is known only
 * at its end, and holds no more of them in memory than a stream does. Throws when a part is missing or damaged.
 */
export async function joinObjects(
  store: BlobStore,
  parts: readonly string[],
  options: { readonly signal?: AbortSignal } = {},
): Promise<StoredObject> {
  const hash = createHash('sha256');
  let size_bytes = 0;
  for await (const chunk of chunksOf(store, parts, options.signal)) {
    hash.update(chunk);
    size_bytes += chunk.byteLength;
  }
  const sha256 = hash.digest('hex');
  const source = Readable.from(chunksOf(store, parts, options.signal), { objectMode: false });
  await store.put(objectKey(sha256), source, { durable: true });
  return { sha256, size_bytes };
}

async function* chunksOf(
  store: BlobStore,
  parts: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  for (const part of parts) {
    signal?.throwIfAborted();
    for await (const chunk of await getObjectStream(store, part)) yield chunk as Buffer;
  }
}
