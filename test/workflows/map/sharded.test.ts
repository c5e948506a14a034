import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ItemLedger } from '../../../src/engine/map-ledger.js';
import type { JsonObject } from '../../../src/shared/json.js';
import type { StageTask } from '../../../src/shared/task.js';
import { aMap, aMappedStage } from '../../support/a-map.js';
import { aPlan, aStage } from '../../support/a-plan.js';
import { partStore } from '../../support/part-store.js';
import { resultOf } from '../../support/result-of.js';
import { WorkflowRig } from '../../support/workflow-rig.js';

/** Small enough that a few dozen items need a coordinator and several shards. */
const more = { map_limits: { inline: 4, shard: 5 } };
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const calls: number[] = [];
const broken = new Set<number>();
let rig: WorkflowRig;

const paramsOf = (task: StageTask): JsonObject => task.params as JsonObject;
const numberOf = (task: StageTask): number => Number(paramsOf(task)['n']);

beforeAll(async () => {
  rig = await WorkflowRig.create({
    double: (task) => {
      calls.push(numberOf(task));
      return {
        output: numberOf(task) * 2,
        metrics: { rows: 1 },
        state: { [`seen_${numberOf(task)}`]: true },
      };
    },
    odd: (task) => {
      if (numberOf(task) % 10 === 7) throw ApplicationFailure.nonRetryable(`${numberOf(task)} is bad`, 'Bad');
      return { output: numberOf(task) };
    },
    fragile: (task) => {
      if (broken.has(numberOf(task))) throw ApplicationFailure.nonRetryable('broken', 'Bad');
      calls.push(numberOf(task));
      return { output: numberOf(task) * 3 };
    },
    lists: (task) => ({ output: paramsOf(task)['rows'] ?? null }),
    'sluice.map_page': (task) => {
      const cursor = Number(paramsOf(task)['cursor'] ?? 0);
      return {
        output: { items: numbers(4).map((n) => cursor * 4 + n), next: cursor === 5 ? null : cursor + 1 },
      };
    },
    ...partStore(),
  });
});
afterAll(() => rig.close());

describe('a large map', () => {
  it('runs in shards below one coordinator, and gives the results in input order', async () => {
    calls.length = 0;
    const stage = aMappedStage('all', 'double', { over: { type: 'range', range: 33 } });
    const handle = await rig.start(aPlan([stage]), { more });
    const result = await resultOf(handle);
    expect(result.stages['all']).toMatchObject({
      status: 'succeeded',
      output: numbers(33).map((n) => n * 2),
      metrics: { rows: 33 },
      items: { total: 33, succeeded: 33, failed: 0, running: 0, pending: 0 },
    });
    expect(result.metrics).toEqual({ rows: 33 });
    expect(Object.keys(result.state)).toHaveLength(33);
    expect(calls.toSorted((a, b) => a - b)).toEqual(numbers(33));
    const { events } = await handle.fetchHistory();
    expect(events?.filter((event) => event.startChildWorkflowExecutionInitiatedEventAttributes)).toHaveLength(
      1,
    );
  });

  it('goes over lists that expressions give, and lets the items read other stages', async () => {
    const first = aStage('first', {
      action: { kind: 'set', output: { by: 3, list: numbers(12) }, state: {} },
    });
    const stage = aStage('times', {
      depends_on: ['first'],
      action: { kind: 'set', output: '${{ row * stages.first.output.by + inputs.plus }}', state: {} },
      map: aMap({ over: { type: 'list', list: '${{ stages.first.output.list }}' }, as: 'row' }),
    });
    const inputs = { plus: { type: 'integer', required: true } as const };
    const result = await rig.run(aPlan([first, stage], { inputs }), { inputs: { plus: 1 }, more });
    expect(result.stages['times']).toMatchObject({
      status: 'succeeded',
      output: numbers(12).map((n) => n * 3 + 1),
    });
  });

  it('reads pages as it needs them', async () => {
    const stage = aMappedStage('paged', 'double', {
      over: { type: 'pages', uses: 'pages', with: {} },
      batch_size: 1,
    });
    const result = await rig.run(aPlan([stage]), { more });
    expect(result.stages['paged']).toMatchObject({
      output: numbers(24).map((n) => n * 2),
      items: { total: 24, succeeded: 24 },
    });
  });

  it('runs batches', async () => {
    const stage = aStage('whole', {
      action: { kind: 'uses', uses: 'lists', with: { rows: '${{ batch }}' } },
      map: aMap({ over: { type: 'range', range: 47 }, batch_size: 4, whole_batch: true }),
    });
    expect((await rig.run(aPlan([stage]), { more })).stages['whole']?.output).toEqual(numbers(47));
  });

  it('collects into a file, a part for each chunk', async () => {
    const stage = aMappedStage('file', 'odd', {
      over: { type: 'range', range: 18 },
      collect: 'file',
      on_item_failure: { max_failures: null, max_failure_ratio: null },
    });
    const result = await rig.run(aPlan([stage]), { more });
    expect(result.stages['file']?.output).toEqual(numbers(18).map((n) => (n % 10 === 7 ? null : n)));
  });

  it('tolerates failures up to the limit over all shards', async () => {
    const stage = aMappedStage('odd', 'odd', {
      over: { type: 'range', range: 40 },
      on_item_failure: { max_failures: 4, max_failure_ratio: null },
    });
    const result = await rig.run(aPlan([stage]), { more });
    expect(result).toMatchObject({ status: 'succeeded', partial: true });
    expect(result.stages['odd']).toMatchObject({
      items: {
        succeeded: 36,
        failed: 4,
        failed_items: [7, 17, 27, 37].map((index) => ({
          index,
          error: { type: 'Bad', message: `${index} is bad` },
        })),
        ledger: {
          total: 40,
          done: [
            [0, 7],
            [8, 17],
            [18, 27],
            [28, 37],
            [38, 40],
          ],
          failed: [
            [7, 8],
            [17, 18],
            [27, 28],
            [37, 38],
          ],
        },
      },
    });
  });

  it('fails at the first failed item where nothing else is said', async () => {
    const stage = aMappedStage('odd', 'odd', { over: { type: 'range', range: 40 }, max_concurrency: 1 });
    const result = await rig.run(aPlan([stage]), { more });
    expect(result.stages['odd']).toMatchObject({
      status: 'failed',
      error: { type: 'Bad', message: 'item 7 failed: 7 is bad', stage: 'odd' },
      items: {
        succeeded: 7,
        failed: 1,
        pending: 32,
        ledger: { total: 40, done: [[0, 7]], outputs: [0, 1, 2, 3, 4, 5, 6] },
      },
    });
  });

  it('keeps the results of a file that it could not finish, for the runs that go on from there', async () => {
    const runWith = async (bad: readonly number[], allowed: number, reuse: ItemLedger | null) => {
      calls.length = 0;
      broken.clear();
      for (const n of bad) broken.add(n);
      const stage = aMappedStage('kept', 'fragile', {
        over: { type: 'range', range: 23 },
        collect: 'file',
        max_concurrency: 1,
        on_item_failure: { max_failures: allowed, max_failure_ratio: null },
      });
      const result = await rig.run(aPlan([stage]), {
        more: { ...more, ...(reuse === null ? {} : { reuse_items: { kept: reuse } }) },
      });
      return { stage: result.stages['kept'], called: [...calls] };
    };
    // The second run fails before it gets to items that the first one has done.
    const first = await runWith([2, 8, 12], 2, null);
    expect(first.called).toEqual([0, 1, 3, 4, 5, 6, 7, 9, 10, 11]);
    const second = await runWith([2], 0, first.stage?.items?.ledger ?? null);
    expect(second).toMatchObject({
      called: [],
      stage: { status: 'failed', items: { reused: 10, failed: 1 } },
    });
    const third = await runWith([8], 0, second.stage?.items?.ledger ?? null);
    expect(third).toMatchObject({ called: [2], stage: { status: 'failed' } });
    const fourth = await runWith([], 0, third.stage?.items?.ledger ?? null);
    expect(fourth.stage).toMatchObject({
      status: 'succeeded',
      output: numbers(23).map((n) => n * 3),
      items: { reused: 11, succeeded: 12 },
    });
    expect(fourth.called).toEqual([8, ...numbers(11).map((n) => n + 12)]);
  });

  it('does not repeat what an earlier run has done', async () => {
    calls.length = 0;
    const stage = aMappedStage('again', 'double', { over: { type: 'range', range: 20 } });
    const done = [
      [0, 9],
      [11, 20],
    ] as const;
    const outputs = [...numbers(9), ...numbers(9).map((n) => n + 11)].map((n) => n * 2);
    const reuse_items = { again: { total: 20, done, failed: [], outputs } };
    const result = await rig.run(aPlan([stage]), { more: { ...more, reuse_items } });
    expect(result.stages['again']).toMatchObject({
      output: numbers(20).map((n) => n * 2),
      items: { succeeded: 2, reused: 18 },
    });
    expect(new Set(calls)).toEqual(new Set([9, 10]));
  });
});
