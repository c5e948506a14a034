import { describe, expect, test } from 'vitest';
import { textNodes } from '../../../src/nodes/index.js';
import { putObject } from '../../../src/storage/objects.js';
import { nodeRig } from './node-rig.js';

const rig = nodeRig(textNodes());
const ITEMS = [
  { label: 'spam', size: 3, text: 'win' },
  { label: 'ham', size: 1, text: 'hello' },
  null,
  { label: 'spam', size: 5, text: 'prize' },
  { label: 'spam', size: 5, text: 'win' },
];

/** What a map with `collect: file` leaves behind. */
async function asFile(items: readonly unknown[]) {
  const lines = items.map((item) => `${JSON.stringify(item)}\n`).join('');
  return { ...(await putObject(rig.store, Buffer.from(lines))), name: 'items.jsonl' };
}

describe('filter-items', () => {
  test('keeps what an expression is true for, and of equal ones the first', async () => {
    const params = { items: ITEMS, keep: "item.label == 'spam' && index < 10", unique_by: 'item.text' };
    expect(await rig.run('filter-items', params)).toEqual({
      output: { items: [ITEMS[0], ITEMS[3]], kept: 2, dropped: 1, duplicates: 1, missing: 1 },
      metrics: { items_kept: 2, items_dropped: 2 },
    });
  });

  test('knows only what it kept', async () => {
    const items = [
      { n: 1, ok: false },
      { n: 1, ok: true },
      { n: 1, ok: true },
    ];
    const params = { items, keep: 'item.ok', unique_by: 'item.n' };
    expect(await rig.output('filter-items', params)).toMatchObject({ kept: 1, dropped: 1, duplicates: 1 });
  });

  test('reads the file of a map', async () => {
    const params = { items: await asFile(ITEMS), keep: 'item.size > 3' };
    expect(await rig.output('filter-items', params)).toMatchObject({ kept: 2, dropped: 2, missing: 1 });
  });

  test.each([
    ['item.size >', 'ValidationError', 'at keep: Expression `item.size >`'],
    ['item.nothing > 1', 'ExpressionError', 'Item 0: Expression `item.nothing > 1`'],
    ['item.size', 'ExpressionError', 'Item 0: `keep` gave `3`, expected true or false.'],
  ])('fails for good with the expression `%s`', async (keep, type, message) => {
    await expect(rig.run('filter-items', { items: ITEMS, keep })).rejects.toMatchObject({
      type,
      nonRetryable: true,
      message: expect.stringContaining(message),
    });
  });
});

describe('aggregate-items', () => {
  test('measures all items and each group, the largest first', async () => {
    const measures = {
      total: { of: 'item.size', by: 'sum' },
      middle: { of: 'item.size', by: 'median' },
      big: { of: 'item.size > 4', by: 'mean' },
      texts: { of: 'item.text', by: 'join' },
    };
    const params = { items: await asFile(ITEMS), group_by: 'item.label', measures, separator: ' ' };
    expect(await rig.output('aggregate-items', params)).toEqual({
      count: 4,
      missing: 1,
      measures: { total: 14, middle: 4, big: 0.5, texts: 'win hello prize win' },
      groups: [
        {
          key: 'spam',
          count: 3,
          share: 0.75,
          measures: { total: 13, middle: 5, big: 2 / 3, texts: 'win prize win' },
        },
        { key: 'ham', count: 1, share: 0.25, measures: { total: 1, middle: 1, big: 0, texts: 'hello' } },
      ],
    });
  });

  test('gives null for what has no value', async () => {
    const measures = {
      sum: { of: 'item', by: 'sum' },
      mean: { of: 'item', by: 'mean' },
      all: { of: 'item', by: 'list' },
    };
    expect(await rig.output('aggregate-items', { items: [], measures })).toEqual({
      count: 0,
      missing: 0,
      measures: { sum: 0, mean: null, all: [] },
      groups: [],
    });
  });

  test('names the measure whose values are no numbers', async () => {
    const params = { items: ITEMS, measures: { total: { of: 'item.text', by: 'sum' } } };
    await expect(rig.run('aggregate-items', params)).rejects.toMatchObject({
      type: 'ValidationError',
      message: 'The measure "total" needs numbers, got `"win"`.',
    });
  });
});
