import type { Client } from '@temporalio/client';
import { type BlobEntry, type BlobStore, StoreError } from '../../storage/blob-store.js';
import { readCacheEntry } from '../../storage/cache-entry.js';
import { otherOwners } from '../../storage/owners.js';
import { hasExpired, listCachedResults } from '../cached-results.js';
import { ClientError } from '../client-error.js';
import { refusal } from '../grpc-errors.js';
import { findReferences, type References } from './find-references.js';
import { followReferences } from './follow-references.js';
import { type StoreArea, areaOf, hashOf, runIdOf } from './store-areas.js';

export type CleanUpOptions = {
  /** What is younger stays, whatever refers to it. At least an hour. @default a day */
  readonly olderThanMs?: number;
  /** Only tells what would be removed. */
  readonly dryRun?: boolean;
  /** IDs of namespaces that used the store and are gone. */
  readonly ignoredOwners?: readonly string[];
  readonly onProgress?: (message: string) => void;
};

export type Amount = { readonly count: number; readonly size_bytes: number };

/** What a clean-up found and did. */
export type CleanUpReport = {
  readonly store: string;
  readonly dry_run: boolean;
  /** Executions that the namespace keeps. */
  readonly executions: number;
  readonly removed: Readonly<Record<StoreArea, Amount>>;
  /** Unused, but too young to be sure of it. */
  readonly too_young: Amount;
  readonly kept: Amount;
  /** Hashes of objects that are needed and are damaged. */
  readonly damaged: readonly string[];
};

const DAY_MS = 86_400_000;
/** An upload may be under way for some time before anything refers to it. */
export const SHORTEST_AGE_MS = 3_600_000;
/** How far the clocks of Temporal and of the store may be apart. */
const CLOCK_SKEW_MS = 60_000;

/**
 * Removes what no run that the namespace keeps can refer to: payloads, artifacts, logs, streams and budgets of runs that are gone,
 * cached results past their age. Everything is looked at before anything is removed. Throws, and removes nothing, when the
 * namespace cannot be read as a whole or other namespaces use the store too.
 */
export async function cleanUp(
  client: Client,
  store: BlobStore,
  options: CleanUpOptions = {},
): Promise<CleanUpReport> {
  const { dryRun = false, olderThanMs = DAY_MS, onProgress = () => undefined } = options;
  const startedAt = Date.now();
  await requireOnlyOwner(client, store, options.ignoredOwners ?? []);
  const references = await read(client, onProgress);
  const cache = await readCache(store, startedAt);
  onProgress('Following what they refer to');
  const { hashes, damaged } = await followReferences(store, [...references.hashes, ...cache.hashes]);
  const limit = Math.min(
    startedAt - Math.max(olderThanMs, SHORTEST_AGE_MS),
    (references.openSince ?? Infinity) - CLOCK_SKEW_MS,
  );
  const tally = new Tally();
  onProgress(dryRun ? 'Looking through the store' : 'Removing what nothing refers to');
  for await (const entry of store.entries('', { leftovers: true })) {
    const area = areaOf(entry.key);
    if (area === null) continue;
    if (isUsed(entry, area, { references, hashes, expired: cache.expired })) tally.keep(entry);
    else if (entry.modified_at > limit && area !== 'cached_results') tally.spare(entry);
    else {
      if (!dryRun) await store.delete(entry.key);
      tally.remove(area, entry);
    }
  }
  const { executions } = references;
  return { store: store.location, dry_run: dryRun, executions, ...tally.result(), damaged };
}

async function requireOnlyOwner(client: Client, store: BlobStore, ignored: readonly string[]): Promise<void> {
  const { namespace } = client.options;
  const description = await client.workflowService
    .describeNamespace({ namespace })
    .catch((error: unknown) => {
      throw refusal(error, namespace);
    });
  const others = await otherOwners(store, [description.namespaceInfo?.id ?? '', ...ignored]);
  const [other] = others;
  if (other === undefined) return;
  throw new ClientError(
    'store_shared',
    `The store ${store.location} is also used by namespace "${other.namespace}" at ${other.address}, whose runs cannot be seen from here (namespace ID ${other.id}, last worker ${other.seen_at}).`,
    {
      hint: `If that namespace is gone, add: --ignore-namespace ${others.map(({ id }) => id).join(' --ignore-namespace ')}`,
    },
  );
}

async function read(client: Client, onProgress: (message: string) => void): Promise<References> {
  try {
    return await findReferences(client, (count) => onProgress(`Reading runs: ${count}`));
  } catch (error) {
    const cause = refusal(error, client.options.namespace);
    if (cause !== error) throw cause;
    const message = `The runs of namespace "${client.options.namespace}" could not all be read, so nothing was removed: ${error instanceof Error ? error.message : String(error)}`;
    throw new ClientError('temporal', message, { hint: 'Try again when the server is well.', cause });
  }
}

type Cache = { readonly expired: ReadonlySet<string>; readonly hashes: readonly string[] };

/** What cached results hold stays for as long as they do, and until the next clean-up after that. */
async function readCache(store: BlobStore, now: number): Promise<Cache> {
  const items = await listCachedResults(store);
  const expired = new Set(items.filter((item) => hasExpired(item, now)).map(({ key }) => key));
  const hashes: string[] = [];
  for (const { key } of items) {
    const entry = await readCacheEntry(store, key).catch(nullWhenDamaged);
    if (entry !== null) hashes.push(...(JSON.stringify(entry.result).match(/[0-9a-f]{64}/g) ?? []));
  }
  return { expired, hashes };
}

function nullWhenDamaged(error: unknown): null {
  if (error instanceof StoreError && error.code === 'damaged') return null;
  throw error;
}

type Used = {
  readonly references: References;
  readonly hashes: ReadonlySet<string>;
  readonly expired: ReadonlySet<string>;
};

function isUsed({ key }: BlobEntry, area: StoreArea, used: Used): boolean {
  switch (area) {
    case 'objects':
      return used.hashes.has(hashOf(key));
    case 'logs':
    case 'streams':
    case 'budgets':
      return used.references.runIds.has(runIdOf(key));
    case 'cached_results':
      return !used.expired.has(key.slice(key.lastIndexOf('/') + 1));
    case 'leftovers':
      return false;
  }
}

class Tally {
  #kept: Amount = NOTHING;
  #spared: Amount = NOTHING;
  readonly #removed: Record<StoreArea, Amount> = {
    objects: NOTHING,
    logs: NOTHING,
    streams: NOTHING,
    budgets: NOTHING,
    cached_results: NOTHING,
    leftovers: NOTHING,
  };

  keep(entry: BlobEntry): void {
    this.#kept = plus(this.#kept, entry);
  }

  spare(entry: BlobEntry): void {
    this.#spared = plus(this.#spared, entry);
  }

  remove(area: StoreArea, entry: BlobEntry): void {
    this.#removed[area] = plus(this.#removed[area], entry);
  }

  result() {
    return { removed: this.#removed, too_young: this.#spared, kept: this.#kept };
  }
}

const NOTHING: Amount = { count: 0, size_bytes: 0 };

function plus(amount: Amount, { size_bytes }: BlobEntry): Amount {
  return { count: amount.count + 1, size_bytes: amount.size_bytes + size_bytes };
}
