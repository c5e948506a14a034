import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/shared/json.js';
import type { StageTask } from '../../../src/shared/task.js';
import { aMap, aMappedStage } from '../../support/a-map.js';
import { aPlan, aStage } from '../../support/a-plan.js';
import { resultOf } from '../../support/result-of.js';
import { WorkflowRig } from '../../support/workflow-rig.js';

const counts = { running: 0, most: 0 };
const calls: number[] = [];
let rig: WorkflowRig;

const paramsOf = (task: StageTask): JsonObject => task.params as JsonObject;
const numberOf = (task: StageTask): number => Number(paramsOf(task)['n']);

beforeAll(async () => {
  rig = await WorkflowRig.create({
    double: (task) => {
      calls.push(numberOf(task));
      return { output: numberOf(task) * 2, metrics: { rows: 1 }, state: { last: numberOf(task) } };
    },
    wide: async (task) => {
      counts.running += 1;
      counts.most = Math.max(counts.most, counts.running);
      await new Promise((resolve) => setImmediate(resolve));
      counts.running -= 1;
      return { output: task.item?.index ?? null };
    },
    odd: (task) => {
      if (numberOf(task) % 2 === 1) throw ApplicationFailure.nonRetryable(`${numberOf(task)} is odd`, 'Odd');
      return { output: numberOf(task) };
    },
    lists: (task) => ({
      output: (paramsOf(task)['rows'] as Json[]).map((row) => [row, task.item?.index ?? null]),
    }),
    short: () => ({ output: [1] }),
    each: (task) => ({
      output: null,
      items: (task.items ?? []).map(({ index, params }) =>
        index === 3
          ? { ok: false, type: 'Odd', message: 'three' }
          : { ok: true, output: [index, params], metrics: { rows: 2 } },
      ),
    }),
    'sluice.map_page': (task) => {
      const { cursor } = paramsOf(task);
      return { output: { items: [{ id: 'a' }, { id: 'b' }], next: cursor === null ? null : 'never' } };
    },
    'sluice.map_collect_part': (task) => ({
      output: { sha256: JSON.stringify(paramsOf(task)['results']), size_bytes: 1, count: 5 },
    }),
    'sluice.map_collect_file': (task) => ({
      output: { file: { name: paramsOf(task)['name'] ?? null }, parts: paramsOf(task)['parts'] ?? null },
    }),
  });
});
afterAll(() => rig.close());

describe('a map', () => {
  it('gives the results in input order, with the metrics and state of all items', async () => {
    const result = await rig.run(
      aPlan([aMappedStage('all', 'double', { over: { type: 'list', list: [3, 1, 2] } })]),
    );
    expect(result).toMatchObject({ status: 'succeeded', partial: false, metrics: { rows: 3 } });
    expect(result.stages['all']).toMatchObject({
      status: 'succeeded',
      output: [6, 2, 4],
      metrics: { rows: 3 },
      items: { total: 3, succeeded: 3, failed: 0, reused: 0, running: 0, pending: 0, failed_items: [] },
    });
    expect(result.stages['all']?.items).not.toHaveProperty('ledger');
  });

  it('succeeds over an empty list', async () => {
    const list = aMappedStage('list', 'double', { over: { type: 'list', list: '${{ inputs.none }}' } });
    const count = aMappedStage('count', 'double', { over: { type: 'range', range: 0 }, collect: 'count' });
    const inputs = { none: { type: 'list', required: true } as const };
    const result = await rig.run(aPlan([list, count], { inputs }), { inputs: { none: [] } });
    expect(result.stages['list']).toMatchObject({ status: 'succeeded', output: [] });
    expect(result.stages['count']).toMatchObject({
      status: 'succeeded',
      output: { total: 0, succeeded: 0, failed: 0, reused: 0 },
    });
  });

  it('names the item as the definition wants, and gives each item an activity of its own', async () => {
    const stage = aStage('named', {
      action: { kind: 'uses', uses: 'double', with: { n: '${{ row.n }}' } },
      map: aMap({ over: { type: 'list', list: [{ n: 4 }, { n: 5 }] }, as: 'row' }),
    });
    const handle = await rig.start(aPlan([stage]));
    expect((await resultOf(handle)).stages['named']).toMatchObject({ output: [8, 10] });
    const { events } = await handle.fetchHistory();
    const ids = events?.flatMap((event) => event.activityTaskScheduledEventAttributes?.activityId ?? []);
    expect(ids).toEqual(['named.0', 'named.1']);
  });

  it('never runs more than max_concurrency items at once', async () => {
    const stage = aMappedStage('wide', 'wide', { over: { type: 'range', range: 40 }, max_concurrency: 3 });
    const result = await rig.run(aPlan([stage]));
    expect(result.stages['wide']?.output).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(counts.most).toBeLessThanOrEqual(3);
  });

  it('runs kinds without an activity', async () => {
    const set = aStage('set', {
      action: { kind: 'set', output: '${{ item * 2 + index }}', state: { seen: '${{ item }}' } },
      map: aMap({ over: { type: 'list', list: [10, 20] } }),
    });
    const gate = aStage('gate', {
      action: { kind: 'gate', checks: [{ name: 'small', assert: 'item < 3' }], min_pass_rate: 1 },
      map: aMap({ on_item_failure: { max_failures: null, max_failure_ratio: null }, collect: 'count' }),
    });
    const sleep = aStage('sleep', { action: { kind: 'sleep', duration: 60_000 }, map: aMap() });
    const result = await rig.run(aPlan([set, gate, sleep]));
    expect(result.stages['set']?.output).toEqual([20, 41]);
    expect(result.state).toMatchObject({ seen: 20 });
    expect(result.stages['gate']).toMatchObject({ output: { total: 5, succeeded: 3, failed: 2, reused: 0 } });
    expect(result.stages['sleep']?.output).toHaveLength(5);
  });

  it('goes over pages, which it reads as it needs them', async () => {
    const stage = aStage('paged', {
      action: { kind: 'set', output: '${{ item.id }}', state: {} },
      map: aMap({ over: { type: 'pages', uses: 'pages', with: {} } }),
    });
    expect((await rig.run(aPlan([stage]))).stages['paged']).toMatchObject({ output: ['a', 'b'] });
  });

  it('collects into a file', async () => {
    const stage = aMappedStage('file', 'double', { collect: 'file' });
    const { output } = (await rig.run(aPlan([stage]))).stages['file'] ?? {};
    expect(output).toEqual({
      file: { name: 'file.jsonl' },
      parts: [{ sha256: '[0,2,4,6,8]', size_bytes: 1, count: 5 }],
    });
  });

  it('fails where there is nothing to go over', async () => {
    const stage = aMappedStage('bad', 'double', { over: { type: 'list', list: '${{ run.pipeline }}' } });
    expect((await rig.run(aPlan([stage]))).stages['bad']).toMatchObject({
      status: 'failed',
      error: { type: 'ValidationError', message: '`map.over` gave "example", expected a list' },
    });
    const none = aMappedStage('none', 'double', { over: { type: 'range', range: -1 } });
    expect((await rig.run(aPlan([none]))).stages['none']?.error?.message).toContain(
      'expected a whole number from 0',
    );
  });
});

describe('failed items', () => {
  const odd = (map: Parameters<typeof aMappedStage>[2]) =>
    aMappedStage('odd', 'odd', { over: { type: 'range', range: 6 }, ...map });

  it('fail the stage at the first one, which is named', async () => {
    const result = await rig.run(aPlan([odd({ max_concurrency: 1 })]));
    expect(result.stages['odd']).toMatchObject({
      status: 'failed',
      output: null,
      error: { type: 'Odd', message: 'item 1 failed: 1 is odd', stage: 'odd' },
      items: {
        total: 6,
        succeeded: 1,
        failed: 1,
        pending: 4,
        ledger: { total: 6, done: [[0, 1]], failed: [[1, 2]], outputs: [0] },
      },
    });
  });

  it('are null in the list where they are tolerated, and make the run partial', async () => {
    const result = await rig.run(
      aPlan([odd({ on_item_failure: { max_failures: null, max_failure_ratio: null } })]),
    );
    expect(result).toMatchObject({ status: 'succeeded', partial: true });
    expect(result.stages['odd']).toMatchObject({
      status: 'succeeded',
      output: [0, null, 2, null, 4, null],
      items: {
        succeeded: 3,
        failed: 3,
        failed_items: [
          { index: 1, error: { type: 'Odd', message: '1 is odd', stage: 'odd' } },
          { index: 3 },
          { index: 5 },
        ],
        ledger: {
          total: 6,
          done: [
            [0, 1],
            [2, 3],
            [4, 5],
          ],
          failed: [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
          outputs: null,
        },
      },
    });
  });

  it('fail the stage beyond a number or a share of them', async () => {
    const few = await rig.run(
      aPlan([odd({ on_item_failure: { max_failures: 2, max_failure_ratio: null } })]),
    );
    expect(few.stages['odd']?.error?.message).toBe(
      '3 of 6 items failed, more than the 2 allowed; item 1 failed: 1 is odd',
    );
    const share = await rig.run(
      aPlan([odd({ on_item_failure: { max_failures: null, max_failure_ratio: 0.4 } })]),
    );
    expect(share.stages['odd']?.error?.message).toBe(
      '3 of 6 items failed, more than the share of 0.4 allowed; item 1 failed: 1 is odd',
    );
    const enough = await rig.run(
      aPlan([odd({ on_item_failure: { max_failures: 3, max_failure_ratio: 0.5 } })]),
    );
    expect(enough.stages['odd']).toMatchObject({ status: 'succeeded' });
  });

  it('are those whose expressions cannot be evaluated, too', async () => {
    const stage = aStage('typed', {
      action: { kind: 'set', output: '${{ item.id }}', state: {} },
      map: aMap({
        over: { type: 'list', list: [{ id: 1 }, {}] },
        on_item_failure: { max_failures: null, max_failure_ratio: null },
      }),
    });
    expect((await rig.run(aPlan([stage]))).stages['typed']).toMatchObject({
      output: [1, null],
      items: { failed_items: [{ index: 1, error: { type: 'ExpressionError' } }] },
    });
  });
});

describe('batches', () => {
  it('run once for all of their items where the action reads the batch', async () => {
    const stage = aStage('whole', {
      action: { kind: 'uses', uses: 'lists', with: { rows: '${{ batch }}' } },
      map: aMap({ batch_size: 2, whole_batch: true }),
    });
    expect((await rig.run(aPlan([stage]))).stages['whole']).toMatchObject({
      output: [
        [0, 0],
        [1, 0],
        [2, 2],
        [3, 2],
        [4, 4],
      ],
      items: { total: 5, succeeded: 5 },
    });
  });

  it('must give as many results as they have items', async () => {
    const stage = aStage('short', {
      action: { kind: 'uses', uses: 'short', with: { rows: '${{ batch }}' } },
      map: aMap({ batch_size: 2, whole_batch: true, max_concurrency: 1 }),
    });
    expect((await rig.run(aPlan([stage]))).stages['short']?.error).toEqual({
      type: 'ValidationError',
      message:
        '2 of 5 items failed, more than the 0 allowed; item 0 failed: it was given a batch of 2 items and must give a list of 2 results, got one of 1',
      stage: 'short',
    });
  });

  it('carry several items in one activity, where one that fails loses no other', async () => {
    const stage = aMappedStage('each', 'each', {
      batch_size: 3,
      on_item_failure: { max_failures: null, max_failure_ratio: null },
    });
    const handle = await rig.start(aPlan([stage]));
    const result = await resultOf(handle);
    const param = (n: number) => [n, { n, at: n }];
    expect(result.stages['each']).toMatchObject({
      output: [param(0), param(1), param(2), null, param(4)],
      metrics: { rows: 8 },
      items: { failed_items: [{ index: 3, error: { type: 'Odd', message: 'three' } }] },
    });
    const { events } = await handle.fetchHistory();
    const ids = events?.flatMap((event) => event.activityTaskScheduledEventAttributes?.activityId ?? []);
    expect(ids).toEqual(['each.0', 'each.3']);
  });
});

describe('what was done before', () => {
  it('is not done again', async () => {
    calls.length = 0;
    const stage = aMappedStage('again', 'double');
    const reuse = {
      again: {
        total: 5,
        done: [
          [0, 2],
          [3, 4],
        ] as const,
        failed: [],
        outputs: ['zero', 'one', 'three'],
      },
    };
    const handle = await rig.start(aPlan([stage]), { more: { reuse_items: reuse } });
    expect((await resultOf(handle)).stages['again']).toMatchObject({
      output: ['zero', 'one', 4, 'three', 8],
      items: { total: 5, succeeded: 2, reused: 3 },
    });
    expect(new Set(calls)).toEqual(new Set([2, 4]));
  });
});
