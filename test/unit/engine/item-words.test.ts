import { expect, test } from 'vitest';
import { liveItems } from '../../../src/engine/live-items.js';
import { itemFraction, itemWords } from '../../../src/engine/item-words.js';

const counts = {
  total: 5_000 as number | null,
  succeeded: 1_200,
  failed: 0,
  skipped: 0,
  reused: 0,
  running: 10,
  pending: 3_790 as number | null,
  rate_per_s: null as number | null,
  eta_ms: null as number | null,
};

test.each<[string, Partial<typeof counts>, string]>([
  [
    'a map at work',
    { failed: 4, rate_per_s: 41.4, eta_ms: 91_200 },
    '1,204 of 5,000 items, 4 failed, 41/s, 1m32s left',
  ],
  ['a slow map', { rate_per_s: 0.25, eta_ms: 200 }, '1,200 of 5,000 items, 0.3/s, 1s left'],
  ['one that people answer', { rate_per_s: 0.00163 }, '1,200 of 5,000 items, 5.9/h'],
  ['one of long items', { rate_per_s: 0.0163 }, '1,200 of 5,000 items, 1.0/min'],
  ['one whose pages have not ended', { total: null, pending: null }, '1,200 items so far'],
  ['one that ended', { total: 1_200 }, '1,200 items'],
  ['a resumed one', { reused: 1_000_000, total: 1_001_200 }, '1,001,200 items, 1,000,000 reused'],
  ['an empty one', { total: 0, succeeded: 0 }, '0 items'],
])('%s is told in a few words', (_what, overrides, words) => {
  expect(itemWords({ ...counts, ...overrides })).toBe(words);
});

test('the share of items that ended is unknown as long as their number is', () => {
  expect(itemFraction(counts)).toBe(0.24);
  expect(itemFraction({ ...counts, total: null })).toBeNull();
  expect(itemFraction({ ...counts, succeeded: 0, total: 0 })).toBe(1);
});

test('a map whose items take very long still tells how much time is left', () => {
  const succeeded = { succeeded: 2, reused: 0, failed: 0, skipped: 0 };
  const at = { total: 3, running: 1, failedItems: [], elapsedMs: 1_229_000 };
  expect(liveItems({ ...at, counts: succeeded })).toMatchObject({ rate_per_s: 0.00163, eta_ms: 613_497 });
  const nothing = { ...at, counts: { ...succeeded, succeeded: 0 } };
  expect(liveItems(nothing)).toMatchObject({ rate_per_s: null, eta_ms: null });
});

test('a map of which only held items are left tells how many, and no time', () => {
  const counts = { succeeded: 2, reused: 0, failed: 0, skipped: 0 };
  const items = liveItems({ total: 5, counts, running: 0, held: 3, failedItems: [], elapsedMs: 1_000 });
  expect(items).toMatchObject({ running: 0, held: 3, pending: 0, eta_ms: null });
  expect(itemWords(items)).toBe('2 of 5 items, 3 held, 2.0/s');
});
