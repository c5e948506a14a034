import { type BlobStore, StoreError } from '../../storage/blob-store.js';
import { getObjectStream } from '../../storage/objects.js';
import { scanStream } from './scan-hashes.js';
import { hashOf } from './store-areas.js';

export type Followed = {
  /** Everything that is referred to, directly or by way of another object. */
  readonly hashes: ReadonlySet<string>;
  /** Hashes of objects that are referred to and are damaged. */
  readonly damaged: readonly string[];
};

/**
 * Reads what is referred to for what it refers to in turn: a big payload may name artifacts, a collected file may hold
 * the results of a million items. Throws when an object cannot be read.
 */
export async function followReferences(store: BlobStore, start: Iterable<string>): Promise<Followed> {
  const driverKeys = await keysOfDriver(store);
  const hashes = new Set(start);
  const damaged: string[] = [];
  const open = [...hashes];
  const onHash = (found: string): void => {
    if (hashes.has(found)) return;
    hashes.add(found);
    open.push(found);
  };
  for (let hash = open.pop(); hash !== undefined; hash = open.pop()) {
    if (!(await scanObject(store, hash, onHash))) damaged.push(hash);
    for (const key of driverKeys.get(hash) ?? []) await scanStream(await store.getStream(key), onHash);
  }
  return { hashes, damaged };
}

/** False when the object is damaged; most hashes that are written somewhere are none of an object. */
async function scanObject(store: BlobStore, hash: string, onHash: (hash: string) => void): Promise<boolean> {
  try {
    await scanStream(await getObjectStream(store, hash), onHash);
    return true;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'missing') return true;
    if (error instanceof StoreError && error.code === 'damaged') return false;
    throw error;
  }
}

/** Temporal's driver for S3 names its payloads by workflow, run and hash. */
async function keysOfDriver(store: BlobStore): Promise<ReadonlyMap<string, readonly string[]>> {
  const keys = new Map<string, string[]>();
  for await (const { key } of store.entries('v0/')) {
    const hash = hashOf(key);
    keys.set(hash, [...(keys.get(hash) ?? []), key]);
  }
  return keys;
}
