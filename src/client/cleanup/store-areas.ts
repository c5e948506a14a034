/**
 * - `objects`: payloads and artifacts.
 * - `logs`: what stages wrote.
 * - `streams`: what stages gave chunk by chunk.
 * - `budgets`: what runs have spent of their budgets.
 * - `cached_results`: what stages would get instead of running.
 * - `leftovers`: of processes that were killed while they wrote.
 */
export type StoreArea = 'objects' | 'logs' | 'streams' | 'budgets' | 'cached_results' | 'leftovers';

/** What an object of the store is, by its key; null for what Sluice did not put there. */
export function areaOf(key: string): StoreArea | null {
  if (/(^|\/)\.tmp-[^/]*$/.test(key) || key.startsWith('cache/leases/') || key.startsWith('probe/')) {
    return 'leftovers';
  }
  if (key.startsWith('cache/results/')) return 'cached_results';
  if (key.startsWith('logs/')) return 'logs';
  if (key.startsWith('streams/')) return 'streams';
  if (key.startsWith('budgets/')) return 'budgets';
  // Temporal's driver for S3 ends its keys with the hash, ours is made of two parts of it.
  return (key.startsWith('objects/') || key.startsWith('v0/')) && hashOf(key).length === 64
    ? 'objects'
    : null;
}

/** The hash in the key of an object. */
export function hashOf(key: string): string {
  if (key.startsWith('objects/')) return key.slice('objects/'.length).replace('/', '');
  return key.slice(key.lastIndexOf('/') + 1);
}

/** The run ID in the key of a piece of a log, a stream or a budget: `AREA/<workflow>/<run>/…`. */
export function runIdOf(key: string): string {
  return key.split('/')[2] ?? '';
}
