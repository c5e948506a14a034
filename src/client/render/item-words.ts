import type { ItemSummary } from '../../engine/result.js';
import { duration } from './wording.js';

type Counts = Omit<ItemSummary, 'failed_items' | 'ledger'>;

/** `1,204 of 5,000 items, 3 failed, 41/s, 1m 32s left`: how far a fan-out is, or how it ended. */
export function itemWords(items: Counts): string {
  const done = items.succeeded + items.reused + items.failed + items.skipped;
  const of =
    items.total === null ? `${count(done)} items so far` : `${count(done)} of ${count(items.total)} items`;
  return [
    of,
    ...(items.failed === 0 ? [] : [`${count(items.failed)} failed`]),
    ...(items.reused === 0 ? [] : [`${count(items.reused)} reused`]),
    ...(items.skipped === 0 ? [] : [`${count(items.skipped)} skipped`]),
    ...(items.rate_per_s === null ? [] : [`${rate(items.rate_per_s)}/s`]),
    ...(items.eta_ms === null ? [] : [`${duration(items.eta_ms)} left`]),
  ].join(', ');
}

/** The share of items that ended, 0 to 1; null while nobody knows how many there are. */
export function itemFraction({ total, succeeded, reused, failed, skipped }: Counts): number | null {
  if (total === null) return null;
  return total === 0 ? 1 : (succeeded + reused + failed + skipped) / total;
}

function count(items: number): string {
  return items.toLocaleString('en-US');
}

function rate(perSecond: number): string {
  return perSecond >= 10 ? count(Math.round(perSecond)) : perSecond.toFixed(1);
}
