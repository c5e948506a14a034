import type { BlobEntry, BlobStore } from '../storage/blob-store.js';
import { CACHE_PREFIX, type CacheFacts, readCacheFacts } from '../storage/cache-entry.js';

/** One cached result. `facts` is null when they cannot be read: such a result is never reused. */
export type CachedResultItem = {
  readonly key: string;
  readonly size_bytes: number;
  readonly modified_at: number;
  readonly facts: CacheFacts | null;
};

export type CacheFilter = {
  readonly pipeline?: string;
  readonly stage?: string;
  /** The start of a key. */
  readonly key?: string;
  /** Only results that were made longer ago. */
  readonly olderThanMs?: number;
};

/** Entries read at a time: most of the time is spent waiting for the store. */
const AT_ONCE = 16;

/** Cached results of a store, the latest first. */
export async function listCachedResults(
  store: BlobStore,
  filter: CacheFilter = {},
  now = Date.now(),
): Promise<readonly CachedResultItem[]> {
  const found: CachedResultItem[] = [];
  let batch: BlobEntry[] = [];
  const readBatch = async (): Promise<void> => {
    found.push(...(await Promise.all(batch.map((entry) => toItem(store, entry)))));
    batch = [];
  };
  for await (const entry of store.entries(CACHE_PREFIX)) {
    batch.push(entry);
    if (batch.length === AT_ONCE) await readBatch();
  }
  await readBatch();
  return found.filter((item) => isWanted(item, filter, now)).toSorted((a, b) => madeAt(b) - madeAt(a));
}

/** Removes cached results; what they hold beside (artifacts) goes with the next clean-up. Gives what was removed. */
export async function clearCachedResults(
  store: BlobStore,
  filter: CacheFilter & { readonly dryRun?: boolean },
): Promise<readonly CachedResultItem[]> {
  const items = await listCachedResults(store, filter);
  if (filter.dryRun === true) return items;
  for (let at = 0; at < items.length; at += AT_ONCE) {
    const part = items.slice(at, at + AT_ONCE);
    await Promise.all(part.map(({ key }) => store.delete(`${CACHE_PREFIX}${key.slice(0, 2)}/${key}`)));
  }
  return items;
}

/** When a result was made: milliseconds since the epoch. */
export function madeAt({ facts, modified_at }: CachedResultItem): number {
  return facts === null ? modified_at : Date.parse(facts.created_at);
}

/** True when no stage like the one that made the result would use it any more. */
export function hasExpired({ facts }: CachedResultItem, now: number): boolean {
  if (facts === null) return true;
  return facts.max_age_ms !== null && now - Date.parse(facts.created_at) > facts.max_age_ms;
}

async function toItem(store: BlobStore, entry: BlobEntry): Promise<CachedResultItem> {
  const key = entry.key.slice(entry.key.lastIndexOf('/') + 1);
  const { size_bytes, modified_at } = entry;
  return { key, size_bytes, modified_at, facts: await readCacheFacts(store, key) };
}

function isWanted(item: CachedResultItem, filter: CacheFilter, now: number): boolean {
  const { pipeline, stage, key, olderThanMs } = filter;
  return (
    (pipeline === undefined || item.facts?.pipeline === pipeline) &&
    (stage === undefined || item.facts?.stage === stage) &&
    (key === undefined || item.key.startsWith(key)) &&
    (olderThanMs === undefined || now - madeAt(item) > olderThanMs)
  );
}
