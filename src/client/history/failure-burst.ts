import { binomialDistribution } from 'simple-statistics';
import { NEEDED_RUNS } from './usual-range.js';

/** More failures than earlier ones explain. */
export type FailureBurst = {
  readonly failed: number;
  readonly of: number;
  readonly before: { readonly failed: number; readonly of: number };
  /** How likely so many failures would be at the earlier rate. */
  readonly chance: number;
};

const RECENT = 10;
const LEAST_LIKELY = 0.001;

/**
 * Looks whether the last ten fail more often than those before. `failures` are in order of time. Null when they do not,
 * and when there are fewer than ten before them to compare with.
 */
export function failureBurst(failures: readonly boolean[]): FailureBurst | null {
  const before = failures.slice(0, -RECENT);
  const recent = failures.slice(-RECENT);
  const failed = recent.filter(Boolean).length;
  if (before.length < NEEDED_RUNS || failed === 0) return null;
  const failedBefore = before.filter(Boolean).length;
  // Half a failure more than was seen: what has never failed may fail one day.
  const rate = (failedBefore + 0.5) / (before.length + 1);
  const chances = binomialDistribution(recent.length, rate) ?? [];
  const chance = chances.slice(failed).reduce((sum, one) => sum + one, 0);
  if (chance >= LEAST_LIKELY) return null;
  return {
    failed,
    of: recent.length,
    before: { failed: failedBefore, of: before.length },
    chance: Number(chance.toPrecision(3)),
  };
}
