import { formatDuration } from '../shared/format-duration.js';
import type { ItemSummary } from './result.js';

type Counts = Omit<ItemSummary, 'failed_items' | 'ledger'>;

/** `1,204 of 5,000 items, 3 failed, 41/s, 1m32s left`: how far a map is, or how it ended. */
export function itemWords(items: Counts): string {
  const done = endedItems(items);
  const { total, failed, held = 0, reused, skipped, rate_per_s, eta_ms } = items;
  return [
    total === null
      ? `${count(done)} items so far`
      : done === total
        ? `${count(done)} items`
        : `${count(done)} of ${count(total)} items`,
    ...(failed === 0 ? [] : [`${count(failed)} failed`]),
    ...(held === 0 ? [] : [`${count(held)} held`]),
    ...(reused === 0 ? [] : [`${count(reused)} reused`]),
    ...(skipped === 0 ? [] : [`${count(skipped)} skipped`]),
    ...(rate_per_s === null ? [] : [rate(rate_per_s)]),
    ...(eta_ms === null ? [] : [`${formatDuration(wholeSeconds(eta_ms))} left`]),
  ].join(', ');
}

/** The share of items that ended, 0 to 1; null while nobody knows how many there are. */
export function itemFraction(items: Counts): number | null {
  if (items.total === null) return null;
  return items.total === 0 ? 1 : endedItems(items) / items.total;
}

function endedItems({ succeeded, reused, failed, skipped }: Counts): number {
  return succeeded + reused + failed + skipped;
}

/** With commas, and without `Intl`, whose first use in a run costs it milliseconds. */
function count(items: number): string {
  return String(items).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

function rate(perSecond: number): string {
  if (perSecond >= 10) return `${count(Math.round(perSecond))}/s`;
  if (perSecond >= 0.1) return `${perSecond.toFixed(1)}/s`;
  return perSecond * 60 >= 0.1 ? `${(perSecond * 60).toFixed(1)}/min` : `${(perSecond * 3_600).toFixed(1)}/h`;
}

function wholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000)) * 1_000;
}
