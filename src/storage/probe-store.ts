import { randomUUID } from 'node:crypto';
import type { BlobStore } from './blob-store.js';

/** Whether a store can be used. `fix` says what to do; null when nothing needs doing. */
export type StoreProbe = { readonly ok: boolean; readonly message: string; readonly fix: string | null };

/** Writes, reads and removes a probe. Throws what the store throws when it cannot be reached. */
export async function probeStore(store: BlobStore): Promise<StoreProbe> {
  const key = `probe/${randomUUID()}`;
  const data = Buffer.from(key);
  await store.put(key, data);
  try {
    const read = await store.get(key);
    if (!read.equals(data)) {
      return {
        ok: false,
        message: `${store.location} gives back other bytes than were written.`,
        fix: 'Use another store: payloads in this one would be damaged.',
      };
    }
    if (await store.putIfAbsent(key, data)) {
      return {
        ok: false,
        message: `${store.location} ignores conditional writes (If-None-Match).`,
        fix: 'Update the server, or use another one: runs that share a cached result would all do the work.',
      };
    }
  } finally {
    await store.delete(key);
  }
  return { ok: true, message: `${store.location} can be written and read.`, fix: null };
}
