import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type BlobStore, StoreError } from '../storage/blob-store.js';

/** A store for one test, gone with it. */
export function memoryStore(): BlobStore & { readonly blobs: Map<string, Buffer> } {
  const blobs = new Map<string, Buffer>();
  const get = async (key: string): Promise<Buffer> => {
    const data = blobs.get(key);
    if (data === undefined) throw new StoreError('missing', `The store holds no object "${key}".`);
    return data;
  };
  return {
    blobs,
    location: 'memory',
    put: async (key, data) => {
      blobs.set(key, data instanceof Readable ? await buffer(data) : Buffer.from(data));
    },
    putIfAbsent: async (key, data) => {
      if (blobs.has(key)) return false;
      blobs.set(key, Buffer.from(data));
      return true;
    },
    get,
    getStream: async (key) => Readable.from([await get(key)]),
    has: async (key) => blobs.has(key),
    list: async (prefix) => [...blobs.keys()].filter((key) => key.startsWith(prefix)).toSorted(),
    entries: async function* (prefix) {
      for (const [key, data] of blobs) {
        if (key.startsWith(prefix)) yield { key, size_bytes: data.byteLength, modified_at: Date.now() };
      }
    },
    delete: async (key) => void blobs.delete(key),
  };
}
