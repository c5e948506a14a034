import fc from 'fast-check';
import { expect, test } from 'vitest';
import { itemPage, type LiveItem } from '../../../../src/client/items/item-list.js';
import { IndexSet } from '../../../../src/engine/index-ranges.js';
import type { ItemSummary } from '../../../../src/engine/result.js';

const aSummary = (overrides: Partial<ItemSummary>): ItemSummary => ({
  total: 5,
  succeeded: 5,
  failed: 0,
  skipped: 0,
  reused: 0,
  running: 0,
  pending: 0,
  rate_per_s: null,
  eta_ms: null,
  failed_items: [],
  ...overrides,
});
const error = { type: 'HttpError', message: '404', stage: 'each.1' };
const failedOnce = aSummary({
  succeeded: 3,
  failed: 1,
  pending: 1,
  failed_items: [{ index: 1, attempts: 3, error }],
  ledger: {
    total: 5,
    done: [
      [0, 1],
      [2, 4],
    ],
    failed: [[1, 2]],
    outputs: null,
  },
});
const list = (
  summary: ItemSummary,
  wanted: 'all' | 'failed' | 'succeeded' | 'running',
  live: LiveItem[] = [],
) => itemPage(summary, live, { wanted, limit: 100 });

test('failed items are listed with their attempts and errors', () => {
  expect(list(failedOnce, 'failed')).toEqual({
    items: [{ index: 1, status: 'failed', attempts: 3, error: { type: 'HttpError', message: '404' } }],
    more: 0,
  });
});

test('after the end every item has a status, also one that never started', () => {
  const { items, more } = list(failedOnce, 'all');
  expect(items.map(({ index, status }) => `${index} ${status}`)).toEqual([
    '0 succeeded',
    '1 failed',
    '2 succeeded',
    '3 succeeded',
    '4 pending',
  ]);
  expect(more).toBe(0);
});

test('a map whose items all succeeded keeps no ledger and needs none', () => {
  expect(list(aSummary({}), 'succeeded').items.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
  expect(list(aSummary({}), 'failed')).toEqual({ items: [], more: 0 });
});

test('while the map runs, failures and open attempts are known, and of the rest the number', () => {
  const running = aSummary({
    total: null,
    succeeded: 40,
    failed: 1,
    running: 2,
    pending: null,
    failed_items: [{ index: 7, error }],
  });
  const live = [
    { index: 9, attempt: 2, lastError: { type: 'HttpError', message: '503' } },
    { index: 3, attempt: 1, lastError: null },
  ];
  expect(list(running, 'all', live)).toEqual({
    items: [
      { index: 3, status: 'running', attempts: 1, error: null },
      { index: 7, status: 'failed', attempts: null, error: { type: 'HttpError', message: '404' } },
      { index: 9, status: 'running', attempts: 2, error: { type: 'HttpError', message: '503' } },
    ],
    more: 40,
  });
  expect(list(running, 'succeeded', live)).toEqual({ items: [], more: 40 });
  expect(list(running, 'running', live).items).toHaveLength(2);
});

test('failures beyond those that are listed are known by their position', () => {
  const many = aSummary({
    total: 300,
    succeeded: 0,
    failed: 300,
    failed_items: [{ index: 0, error }],
    ledger: { total: 300, done: [], failed: [[0, 300]], outputs: null },
  });
  const { items, more } = itemPage(many, [], { wanted: 'failed', limit: 2 });
  expect(items).toEqual([
    { index: 0, status: 'failed', attempts: null, error: { type: 'HttpError', message: '404' } },
    { index: 1, status: 'failed', attempts: null, error: null },
  ]);
  expect(more).toBe(298);
});

test('a page of a map of a billion items is made at once', () => {
  const huge = aSummary({ total: 1_000_000_000, succeeded: 1_000_000_000 });
  expect(itemPage(huge, [], { wanted: 'all', limit: 3 })).toMatchObject({ more: 999_999_997 });
});

test('after the end the kinds add up to all items, each once', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('done', 'failed', 'none'), { maxLength: 60 }), (fates) => {
      const at = (fate: string): number[] => fates.flatMap((each, index) => (each === fate ? [index] : []));
      const setOf = (indexes: readonly number[]): IndexSet => {
        const set = new IndexSet();
        for (const index of indexes) set.add(index);
        return set;
      };
      const summary = aSummary({
        total: fates.length,
        succeeded: at('done').length,
        failed: at('failed').length,
        pending: at('none').length,
        ledger: {
          total: fates.length,
          done: setOf(at('done')).ranges,
          failed: setOf(at('failed')).ranges,
          outputs: null,
        },
      });
      const indexes = (wanted: 'failed' | 'succeeded') =>
        list(summary, wanted).items.map(({ index }) => index);
      expect(indexes('failed')).toEqual(at('failed'));
      expect(indexes('succeeded')).toEqual(at('done'));
      expect(list(summary, 'all').items.map(({ index }) => index)).toEqual(fates.map((_, index) => index));
    }),
  );
});
