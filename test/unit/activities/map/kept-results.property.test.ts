import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collectPart } from '../../../../src/activities/map/collect-part.js';
import { readParts } from '../../../../src/activities/map/read-parts.js';
import { ChunkQueue } from '../../../../src/engine/chunk-queue.js';
import { IndexSet } from '../../../../src/engine/index-ranges.js';
import { ItemBook } from '../../../../src/engine/item-book.js';
import { type ItemLedger, sliceLedger } from '../../../../src/engine/map-ledger.js';
import type { ChunkResult } from '../../../../src/engine/map-shard.js';
import type { BlobStore } from '../../../../src/storage/blob-store.js';
import { readArtifactLines } from '../../../../src/activities/read-artifact.js';
import { MapTotals } from '../../../../src/engine/map-totals.js';
import type { Json } from '../../../../src/shared/json.js';
import type { CollectedPart } from '../../../../src/shared/map-task.js';

import { memoryStore } from '../../storage/memory-store.js';

type Case = {
  readonly total: number;
  readonly chunk: number;
  /** Of each run but the last: after how many items it is stopped, and which items fail in it. */
  readonly runs: ReadonlyArray<{ readonly stopAfter: number; readonly bad: readonly number[] }>;
};

const cases: fc.Arbitrary<Case> = fc.record({
  total: fc.integer({ min: 1, max: 40 }),
  chunk: fc.integer({ min: 1, max: 9 }),
  runs: fc.array(
    fc.record({
      stopAfter: fc.integer({ min: 0, max: 40 }),
      bad: fc.array(fc.integer({ min: 0, max: 39 }), { maxLength: 5 }),
    }),
    { maxLength: 4 },
  ),
});

/** What an item gives; null is a result like others. */
const resultOf = (index: number): Json => (index % 5 === 0 ? null : { index });

const taskOf = (params: unknown): Parameters<typeof readParts>[0] =>
  ({ task: { params }, stopped: { signal: new AbortController().signal } }) as never;

async function runMap(
  { total, chunk: chunkUnits }: Case,
  { stopAfter, bad }: Case['runs'][number],
  reuse: ItemLedger | null,
  executed: number[],
  store: BlobStore,
): Promise<MapTotals> {
  const queue = new ChunkQueue({ type: 'range', count: total }, { chunkUnits, batchSize: 1 });
  const totals = new MapTotals();
  const left = { items: stopAfter };
  for (let chunk = queue.next(true); chunk !== null; chunk = queue.next(true)) {
    const { first, count } = chunk;
    const sliced = reuse === null ? null : sliceLedger(reuse, first, count);
    const book = new ItemBook({
      first,
      count,
      batchSize: 1,
      failuresLeft: null,
      keepsOutputs: true,
      reuse: sliced === null ? null : await filled(sliced, first, count, store),
    });
    for (let unit = book.next(); unit !== null; unit = book.next()) {
      const [index = 0] = unit;
      executed.push(index);
      if (bad.includes(index))
        book.end(index, { status: 'failed', error: { type: 'Bad', message: '', stage: 's' } });
      else book.end(index, { status: 'succeeded', output: resultOf(index) });
      left.items -= 1;
      if (left.items <= 0) book.stop('cancelled');
    }
    totals.add(await kept(first, book, store));
    if (left.items > 0) continue;
    if (reuse !== null) totals.takeOver(reuse, 'file');
    return totals;
  }
  return totals;
}

async function filled(ledger: ItemLedger, first: number, count: number, store: BlobStore) {
  const { parts = [], ...rest } = ledger;
  const { output } = await readParts(taskOf({ first, count, parts }), { store });
  const lines = output as readonly Json[];
  const outputs = ledger.done.flatMap(([from, to]) => lines.slice(from - first, to - first));
  return { ...rest, outputs };
}

/** As a shard keeps them. */
async function kept(first: number, book: ItemBook, store: BlobStore): Promise<ChunkResult> {
  const result = book.result();
  const count = Math.max(result.covered, (result.done.at(-1)?.[1] ?? first) - first);
  const results = Array.from<unknown, Json>({ length: count }, () => null);
  const outputs = [...(result.outputs ?? [])];
  for (const [from, to] of result.done)
    for (let index = from; index < to; index += 1) results[index - first] = outputs.shift() ?? null;
  const { output } = await collectPart(taskOf({ results }), { store });
  const part = { first, part: output as CollectedPart };
  return { ...result, outputs: null, part, state: {}, metrics: {}, versions: {}, artifacts: [] };
}

test('results of a file survive any number of runs that fail or are stopped, and no item that is done runs again', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (given) => {
      const store = memoryStore();
      let ledger: ItemLedger | null = null;
      let done = new IndexSet();
      for (const each of [...given.runs, { stopAfter: Number.POSITIVE_INFINITY, bad: [] }]) {
        const executed: number[] = [];
        const totals: MapTotals = await runMap(given, each, ledger, executed, store);
        expect(executed.filter((index) => done.has(index))).toEqual([]);
        const next: ItemLedger = totals.ledger(given.total, true);
        const now = new IndexSet(next.done);
        for (const index of executed) expect(now.has(index)).toBe(!each.bad.includes(index));
        expect(now.size).toBe(done.size + executed.filter((index) => !each.bad.includes(index)).length);
        ledger = next;
        done = now;
        if (each.stopAfter !== Number.POSITIVE_INFINITY) continue;
        const lines: Json[] = [];
        for (const { part } of totals.parts)
          for await (const line of readArtifactLines(store, part)) lines.push(line);
        expect(lines).toEqual(Array.from({ length: given.total }, (_, index) => resultOf(index)));
      }
    }),
    { numRuns: 80 },
  );
});
