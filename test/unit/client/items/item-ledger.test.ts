import { expect, test } from 'vitest';
import { itemLedger } from '../../../../src/client/items/item-ledger.js';
import type { ItemLedger } from '../../../../src/engine/map-ledger.js';
import type { ItemSummary } from '../../../../src/engine/result.js';
import { putObject } from '../../../../src/storage/objects.js';
import { memoryStore } from '../../storage/memory-store.js';

const ledger: ItemLedger = {
  total: 6,
  done: [
    [0, 1],
    [2, 4],
  ],
  failed: [
    [1, 2],
    [4, 6],
  ],
  outputs: null,
};
const itemsWith = (known?: ItemLedger): ItemSummary => ({
  total: 6,
  succeeded: 3,
  failed: 3,
  skipped: 0,
  reused: 0,
  running: 0,
  pending: 0,
  rate_per_s: null,
  eta_ms: null,
  failed_items: [],
  ...(known === undefined ? {} : { ledger: known }),
});
const results = ['a', null, 'c', null, null, null];

test('outputs of items that are done come from the list that the stage gave', async () => {
  const found = await itemLedger({ items: itemsWith(ledger), output: results }, undefined);
  expect(found).toEqual({ ...ledger, outputs: ['a', 'c', null] });
});

test('outputs of items that are done come from the file that the stage collected', async () => {
  const store = memoryStore();
  const lines = results.map((result) => `${JSON.stringify(result)}\n`).join('');
  const stored = await putObject(store, Buffer.from(lines));
  const output = { file: { name: 'each.jsonl', ...stored }, count: 6 };
  expect(await itemLedger({ items: itemsWith(ledger), output }, store)).toEqual({
    ...ledger,
    outputs: ['a', 'c', null],
  });
});

test('a ledger that holds its outputs, or needs none, is taken as it is', async () => {
  const whole = { ...ledger, outputs: [1, 2, 3] };
  expect(await itemLedger({ items: itemsWith(whole), output: null }, undefined)).toEqual(whole);
  const counts = { total: 6, succeeded: 3, failed: 3, reused: 0 };
  expect(await itemLedger({ items: itemsWith(ledger), output: counts }, undefined)).toEqual(ledger);
});

test('there is nothing to go on from where every item is done, or where there are none', async () => {
  expect(await itemLedger({ items: itemsWith(), output: results }, undefined)).toBeNull();
  expect(await itemLedger({ output: null }, undefined)).toBeNull();
});
