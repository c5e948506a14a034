import type { ItemCounts, MapProgress } from './map-shard.js';
import type { MapTotals } from './map-totals.js';

/** Failed items that travel with a report. */
const MOST_LISTED = 100;

/** How a large map stands: what has ended, and what its running shards told last. */
export function mapReport(map: {
  readonly stage: string;
  readonly total: number | null;
  readonly totals: Pick<MapTotals, 'counts' | 'failedItems'>;
  readonly live: Iterable<MapProgress>;
  /** Units that wait for a person. */
  readonly held: number;
}): MapProgress {
  const { stage, total, totals, held } = map;
  const live = [...map.live];
  const counts: { -readonly [K in keyof ItemCounts]: number } = { ...totals.counts };
  let running = 0;
  for (const report of live) {
    counts.succeeded += report.counts.succeeded;
    counts.failed += report.counts.failed;
    counts.reused += report.counts.reused;
    counts.skipped += report.counts.skipped;
    running += report.running;
  }
  const failed = [...totals.failedItems, ...live.flatMap(({ failed_items }) => failed_items)];
  return {
    first: 0,
    stage,
    total,
    counts,
    running,
    failed_items: failed.slice(0, MOST_LISTED),
    ...(held === 0 ? {} : { held }),
  };
}
