import { rateOf } from './map-outcome.js';
import type { FailedItem, ItemSummary } from './result.js';

export type LiveItems = {
  /** Null while a paged source has not come to its end. */
  readonly total: number | null;
  readonly counts: Pick<ItemSummary, 'succeeded' | 'reused' | 'failed' | 'skipped'>;
  readonly running: number;
  /** Of those that wait for a person. */
  readonly held?: number;
  readonly failedItems: readonly FailedItem[];
  readonly elapsedMs: number;
};

/** The numbers of a map that goes on, with its rate and the time that it still needs at that rate. */
export function liveItems(map: LiveItems): ItemSummary {
  const { total, counts, running, held = 0, failedItems, elapsedMs } = map;
  const ended = counts.succeeded + counts.failed;
  const started = ended + counts.reused + counts.skipped + running + held;
  const pending = total === null ? null : Math.max(0, total - started);
  const rate = rateOf(ended, elapsedMs);
  const left = pending === null ? null : pending + running;
  return {
    total,
    ...counts,
    running,
    ...(held === 0 ? {} : { held }),
    pending,
    rate_per_s: rate,
    eta_ms: rate === null || left === null || left === 0 ? null : Math.round((left / rate) * 1_000),
    failed_items: failedItems,
  };
}
