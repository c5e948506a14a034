import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChunkQueue } from '../../../src/engine/chunk-queue.js';
import { IndexSet } from '../../../src/engine/index-ranges.js';
import { ItemBook } from '../../../src/engine/item-book.js';
import { type ItemLedger, sliceLedger } from '../../../src/engine/map-ledger.js';
import type { ItemSource } from '../../../src/engine/map-shard.js';
import { MapTotals } from '../../../src/engine/map-totals.js';

type Case = {
  readonly total: number;
  readonly bad: readonly number[];
  readonly batchSize: number;
  readonly chunkUnits: number;
  readonly pageSize: number | null;
  readonly window: number;
  /** Items that end before the run is killed, and after how many a shard has to give up its place. */
  readonly killAt: number;
  readonly drainAt: number;
  readonly seed: number;
};

const cases: fc.Arbitrary<Case> = fc.record({
  total: fc.integer({ min: 0, max: 60 }),
  bad: fc.array(fc.integer({ min: 0, max: 59 }), { maxLength: 8 }),
  batchSize: fc.integer({ min: 1, max: 7 }),
  chunkUnits: fc.integer({ min: 1, max: 9 }),
  pageSize: fc.option(fc.integer({ min: 1, max: 11 })),
  window: fc.integer({ min: 1, max: 6 }),
  killAt: fc.integer({ min: 0, max: 70 }),
  drainAt: fc.integer({ min: 1, max: 20 }),
  seed: fc.integer(),
});

/** Runs a map to its end, or to the moment when it is killed: what runs then is lost. */
function runMap(given: Case, reuse: ItemLedger | null, killAt: number, executed: number[]): MapTotals {
  const { total, batchSize, chunkUnits, pageSize } = given;
  const items = Array.from({ length: total }, (_, index) => index);
  const source: ItemSource =
    pageSize === null
      ? { type: 'list', items }
      : { type: 'pages', uses: 'pages', with: null, secret_slots: [], cursor: 0, items: [] };
  let queue = new ChunkQueue(source, { chunkUnits, batchSize });
  let totals = new MapTotals();
  const left = { items: killAt };
  for (;;) {
    const page = queue.wantedPage;
    if (page !== null && pageSize !== null) {
      const from = Number(page.cursor);
      const next = from + pageSize < total ? from + pageSize : null;
      queue.addPage(items.slice(from, from + pageSize), next);
    }
    const chunk = queue.next(queue.wantedPage === null || given.seed % 2 === 0);
    if (chunk === null) {
      if (queue.isEmpty) return totals;
      continue;
    }
    const book = new ItemBook({
      first: chunk.first,
      count: chunk.count,
      batchSize,
      failuresLeft: null,
      keepsOutputs: true,
      reuse: reuse === null ? null : sliceLedger(reuse, chunk.first, chunk.count),
    });
    runChunk(given, book, left, executed);
    const result = book.result();
    totals.add({ ...result, part: null, state: {}, metrics: {}, versions: {}, artifacts: [] });
    if (left.items <= 0) return totals;
    queue.giveBack(chunk, result.covered);
    queue = new ChunkQueue(source, { chunkUnits, batchSize }, queue.carry());
    totals = new MapTotals(totals.carry());
  }
}

function runChunk(given: Case, book: ItemBook, left: { items: number }, executed: number[]): void {
  const running: number[] = [];
  let random = Math.abs(given.seed) + 1;
  let ended = 0;
  for (;;) {
    while (running.length < given.window * given.batchSize && ended < given.drainAt) {
      const unit = book.next();
      if (unit === null) break;
      running.push(...unit);
    }
    if (running.length === 0) return;
    random = (random * 16_807) % 2_147_483_647;
    const [index = 0] = running.splice(random % running.length, 1);
    if (left.items <= 0) {
      book.stop('cancelled');
      book.end(index, { status: 'cancelled' });
      continue;
    }
    left.items -= 1;
    ended += 1;
    executed.push(index);
    if (given.bad.includes(index)) {
      book.end(index, { status: 'failed', error: { type: 'Bad', message: `${index}`, stage: 'x' } });
    } else book.end(index, { status: 'succeeded', output: index * 2 });
  }
}

describe('the ledger of a map', () => {
  test('loses nothing, repeats nothing that is done and skips nothing, for any kill, page and batch', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const first: number[] = [];
        const killed = runMap(given, null, given.killAt, first);
        const ledger = killed.ledger(given.total, true);
        const done = new IndexSet(ledger.done);
        const second: number[] = [];
        const totals = runMap(given, ledger, Number.POSITIVE_INFINITY, second);

        expect(second.filter((index) => done.has(index))).toEqual([]);
        expect(new Set(second).size).toBe(second.length);
        expect(new Set(first).size).toBe(first.length);
        expect(second.length + done.size).toBe(given.total);
        const bad = new Set(given.bad.filter((index) => index < given.total));
        expect(totals.counts).toEqual({
          succeeded: second.filter((index) => !bad.has(index)).length,
          reused: done.size,
          failed: bad.size,
          skipped: 0,
        });
        const wanted = Array.from({ length: given.total }, (_, index) => (bad.has(index) ? null : index * 2));
        expect(totals.list(given.total)).toEqual(wanted);
      }),
      {
        numRuns: 500,
        // Given back in the middle of a chunk whose rest was done in an earlier run.
        examples: [
          [
            {
              total: 2,
              bad: [0],
              batchSize: 1,
              chunkUnits: 2,
              pageSize: null,
              window: 1,
              killAt: 2,
              drainAt: 1,
              seed: 0,
            },
          ],
        ],
      },
    );
  });

  test('keeps what an earlier run did of items that a run never got to', () => {
    const given = { total: 20, bad: [], batchSize: 1, chunkUnits: 3, pageSize: null, window: 2, drainAt: 20 };
    const first: number[] = [];
    const one = runMap({ ...given, killAt: 15, seed: 1 }, null, 15, first).ledger(20, true);
    const second: number[] = [];
    const killed = runMap({ ...given, killAt: 1, seed: 2 }, one, 1, second);
    killed.takeOver(one, 'list');
    const two = killed.ledger(20, true);
    expect(new IndexSet(two.done).size).toBe(first.length + second.length);
    const third: number[] = [];
    const totals = runMap({ ...given, killAt: 99, seed: 3 }, two, Number.POSITIVE_INFINITY, third);
    expect([...first, ...second, ...third].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, index) => index),
    );
    expect(totals.list(20)).toEqual(Array.from({ length: 20 }, (_, index) => index * 2));
  });

  test('is as small as its gaps are few', () => {
    const set = new IndexSet();
    for (let index = 0; index < 1_000; index++) if (index !== 500) set.add((index * 7) % 1_000);
    expect(set.size).toBe(999);
    expect(set.ranges).toHaveLength(2);
  });

  test('knows what was added, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(50), fc.nat(10)), { maxLength: 30 }), (ranges) => {
        const set = new IndexSet();
        const model = new Set<number>();
        for (const [from, length] of ranges) {
          set.addRange(from, from + length);
          for (let index = from; index < from + length; index++) model.add(index);
        }
        expect(set.size).toBe(model.size);
        for (let index = 0; index < 70; index++) expect(set.has(index)).toBe(model.has(index));
        for (const [position, range] of set.ranges.entries())
          expect(range[0]).toBeGreaterThan(set.ranges[position - 1]?.[1] ?? -1);
      }),
    );
  });
});
