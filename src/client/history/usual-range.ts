import { interquartileRange, median, medianAbsoluteDeviation, quantile } from 'simple-statistics';
import { tidy } from './distribution.js';

/** What is usual for a number. Values below `low` or above `high` are unusual. */
export type UsualRange = {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** How many runs say so. */
  readonly runs: number;
};

/** A difference that nobody cares about is no anomaly, however steady the values are otherwise. */
export type Tolerance = {
  /** Of the median. */
  readonly share: number;
  readonly absolute: number;
};

/** Fewer values do not tell what is usual. */
export const NEEDED_RUNS = 10;

/** Makes the median absolute deviation comparable to a standard deviation. */
const MAD_SCALE = 1.4826;
const MAD_LIMIT = 3.5;
/** Tukey's fences for values that are far out. */
const IQR_LIMIT = 3;

/**
 * The range of what is usual, by measures that outliers among the values do not move: a value is outside only when it is
 * more than 3.5 scaled median absolute deviations from the median, more than three interquartile ranges outside the
 * quartiles, and further from the median than the tolerance. Null of fewer than {@link NEEDED_RUNS} values.
 */
export function usualRange(values: readonly number[], tolerance: Tolerance): UsualRange | null {
  if (values.length < NEEDED_RUNS) return null;
  const list = [...values];
  const middle = median(list);
  const deviation = MAD_LIMIT * MAD_SCALE * medianAbsoluteDeviation(list);
  const spread = IQR_LIMIT * interquartileRange(list);
  const least = Math.max(tolerance.share * Math.abs(middle), tolerance.absolute);
  return {
    median: tidy(middle),
    low: tidy(Math.min(middle - deviation, quantile(list, 0.25) - spread, middle - least)),
    high: tidy(Math.max(middle + deviation, quantile(list, 0.75) + spread, middle + least)),
    runs: list.length,
  };
}

export function isUnusual(value: number, usual: UsualRange): boolean {
  return value < usual.low || value > usual.high;
}
