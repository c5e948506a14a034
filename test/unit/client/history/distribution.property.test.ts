import fc from 'fast-check';
import { expect, it } from 'vitest';
import { distributionOf, shareOf } from '../../../../src/client/history/distribution.js';
import { isUnusual, NEEDED_RUNS, usualRange } from '../../../../src/client/history/usual-range.js';

/** By the definition: values spread evenly from 0 to 100 percent, and what lies between two is on the line between them. */
function naivePercentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const steps = sorted.length - 1;
  for (const [index, value] of sorted.entries()) {
    const here = steps === 0 ? 0 : (index * 100) / steps;
    const next = ((index + 1) * 100) / steps;
    const after = sorted[index + 1];
    if (after === undefined || percent < next) {
      return after === undefined ? value : value + ((percent - here) / (next - here)) * (after - value);
    }
  }
  return Number.NaN;
}

const values = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 220 });

it('agrees with the definition of a percentile', () => {
  fc.assert(
    fc.property(values, (list) => {
      const found = distributionOf(list);
      expect(found?.count).toBe(list.length);
      expect(found?.p50).toBeCloseTo(naivePercentile(list, 50), 6);
      expect(found?.p95).toBeCloseTo(naivePercentile(list, 95), 6);
      expect(found?.p99).toBeCloseTo(naivePercentile(list, 99), 6);
      expect(found?.min).toBe(Math.min(...list));
      expect(found?.max).toBe(Math.max(...list));
    }),
  );
});

it('does not depend on the order of the values', () => {
  fc.assert(
    fc.property(values, (list) => {
      expect(distributionOf(list.toReversed())).toEqual(distributionOf(list));
    }),
  );
});

it('knows nothing of no values', () => {
  expect(distributionOf([])).toBeNull();
  expect(shareOf(0, 0)).toBeNull();
});

it('finds nothing unusual among values that differ by less than the tolerance', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 900, max: 1100 }), { minLength: 10, maxLength: 80 }), (list) => {
      const usual = usualRange(list, { share: 0.25, absolute: 0 });
      expect(usual === null || list.some((value) => isUnusual(value, usual))).toBe(false);
    }),
  );
});

it('finds a value far from all others, however many of them are equal', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 90, max: 110 }), { minLength: 12, maxLength: 60 }), (list) => {
      const usual = usualRange([...list, 100_000], { share: 0.25, absolute: 0 });
      expect(usual !== null && isUnusual(100_000, usual)).toBe(true);
    }),
  );
});

it('says nothing of too few values', () => {
  const few = Array.from({ length: NEEDED_RUNS - 1 }, () => 5);
  expect(usualRange(few, { share: 0, absolute: 0 })).toBeNull();
});
