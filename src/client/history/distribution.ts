import { mean, quantileSorted } from 'simple-statistics';

/** Where the values of many runs lie. */
export type Distribution = {
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
};

/**
 * The distribution of values; null of none. A percentile that falls between two values lies on the line between them, as
 * in spreadsheets.
 */
export function distributionOf(values: readonly number[]): Distribution | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => tidy(quantileSorted(sorted, share));
  return {
    count: sorted.length,
    min: at(0),
    mean: tidy(mean(sorted)),
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
  };
}

/** Without the digits that only floating point has put there. */
export function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

/** A share of a whole, rounded to what people can tell apart; null of nothing. */
export function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Number((part / whole).toFixed(4));
}
