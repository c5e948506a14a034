import { IndexSet } from '../../engine/index-ranges.js';
import type { FailedItem, ItemSummary, StageError } from '../../engine/result.js';

/** `pending`: it never started, or, while the stage runs, it has not started yet as far as is known. */
export type ItemStatus = 'succeeded' | 'failed' | 'running' | 'pending';

export const LISTED_ITEMS = ['all', 'failed', 'succeeded', 'running'] as const;
export type ListedItems = (typeof LISTED_ITEMS)[number];

export type MapItem = {
  readonly index: number;
  readonly status: ItemStatus;
  /** Null where it is not known any more. */
  readonly attempts: number | null;
  readonly error: Omit<StageError, 'stage'> | null;
};

/** An attempt of an item that is open at the moment. */
export type LiveItem = {
  readonly index: number;
  readonly attempt: number;
  /** Why the attempt before it failed. */
  readonly lastError: Omit<StageError, 'stage'> | null;
};

export type ItemPage = {
  readonly items: readonly MapItem[];
  /** Items of the wanted kind that the limit left out, or of which only the number is known. */
  readonly more: number;
};

/**
 * The items of a map by position, as far as they are known: while it runs those that failed and those that run, after
 * its end all of them. Looks at no more items than it gives, so a million of them cost nothing.
 */
export function itemPage(
  summary: ItemSummary,
  live: readonly LiveItem[],
  options: { readonly wanted: ListedItems; readonly limit: number },
): ItemPage {
  const { wanted, limit } = options;
  const items: MapItem[] = [];
  for (const item of known(summary, live, wanted)) {
    if (items.length === limit) break;
    items.push(item);
  }
  return { items, more: Math.max(0, countOf(summary, live, wanted) - items.length) };
}

function countOf(summary: ItemSummary, live: readonly LiveItem[], wanted: ListedItems): number {
  const { succeeded, reused, failed, skipped, running, pending } = summary;
  switch (wanted) {
    case 'failed':
      return failed;
    case 'succeeded':
      return succeeded + reused;
    case 'running':
      return Math.max(running, live.length);
    case 'all':
      return summary.total ?? succeeded + reused + failed + skipped + running + (pending ?? 0);
  }
}

function known(summary: ItemSummary, live: readonly LiveItem[], wanted: ListedItems): Iterable<MapItem> {
  const errors = new Map(summary.failed_items.map((item) => [item.index, item]));
  const { ledger } = summary;
  if (ledger === undefined && !hasAllSucceeded(summary)) return whileRunning(errors, live, wanted);
  const total = summary.total ?? 0;
  const done = new IndexSet(ledger?.done ?? [[0, total]]);
  const failed = new IndexSet(ledger?.failed ?? []);
  return atTheEnd({ total, done, failed, errors }, wanted);
}

function hasAllSucceeded({ total, succeeded, reused }: ItemSummary): boolean {
  return total !== null && succeeded + reused === total;
}

function whileRunning(
  errors: ReadonlyMap<number, FailedItem>,
  live: readonly LiveItem[],
  wanted: ListedItems,
): Iterable<MapItem> {
  const failed = wanted === 'all' || wanted === 'failed' ? [...errors.values()].map(failedItem) : [];
  const running = wanted === 'all' || wanted === 'running' ? live.map(runningItem) : [];
  return [...failed, ...running].toSorted((a, b) => a.index - b.index);
}

type EndedItems = {
  readonly total: number;
  readonly done: IndexSet;
  readonly failed: IndexSet;
  readonly errors: ReadonlyMap<number, FailedItem>;
};

function* atTheEnd(
  { total, done, failed, errors }: EndedItems,
  wanted: ListedItems,
): Generator<MapItem, void> {
  if (wanted === 'failed' || wanted === 'succeeded') {
    const set = wanted === 'failed' ? failed : done;
    for (const [from, to] of set.ranges) {
      for (let index = from; index < to; index += 1) yield endedItem(index, wanted, errors);
    }
    return;
  }
  if (wanted === 'running') return;
  for (let index = 0; index < total; index += 1) {
    const status = failed.has(index) ? 'failed' : done.has(index) ? 'succeeded' : 'pending';
    yield endedItem(index, status, errors);
  }
}

function endedItem(index: number, status: ItemStatus, errors: ReadonlyMap<number, FailedItem>): MapItem {
  const failure = status === 'failed' ? errors.get(index) : undefined;
  return failure === undefined ? { index, status, attempts: null, error: null } : failedItem(failure);
}

function failedItem({ index, attempts, error }: FailedItem): MapItem {
  const { type, message } = error;
  return { index, status: 'failed', attempts: attempts ?? null, error: { type, message } };
}

function runningItem({ index, attempt, lastError }: LiveItem): MapItem {
  return { index, status: 'running', attempts: attempt, error: lastError };
}
