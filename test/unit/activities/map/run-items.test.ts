import { ApplicationFailure } from '@temporalio/common';
import { beforeEach, expect, test } from 'vitest';
import { readStageStream } from '../../../../src/client/events/stage-stream.js';
import { defineStage, z } from '../../../../src/index.js';
import type { StageTask } from '../../../../src/shared/task.js';
import { activityRig, aTask } from '../attempt-rig.js';

const calls: string[] = [];
beforeEach(() => {
  calls.length = 0;
});

const work = defineStage({
  name: 'work',
  params: z.object({ n: z.number(), big: z.number().default(0) }),
  run: async ({ params, ctx }) => {
    calls.push(`${params.n}:${ctx.attempt}:${ctx.idempotencyKey}`);
    ctx.metrics.add('rows', 1);
    if (params.n === 1) throw Object.assign(new Error('never'), { type: 'Broken', nonRetryable: true });
    if (params.n === 2 && ctx.attempt < 3) throw Object.assign(new Error('not yet'), { type: 'Busy' });
    return params.big === 0 ? params.n * 2 : 'x'.repeat(params.big);
  },
});

const task = (numbers: readonly number[], most: number, big = 0): StageTask =>
  aTask({
    params: null,
    items: numbers.map((n) => ({ index: 10 + n, params: { n, big } })),
    item_retry: { max_attempts: most, non_retryable_errors: ['ValidationError'] },
  });

async function attempt(
  given: StageTask,
  number: number,
  heartbeatDetails?: unknown,
  store?: ReturnType<typeof activityRig>['store'],
) {
  const rig = activityRig({
    stages: [work],
    info: { attempt: number, heartbeatDetails },
    deps: store === undefined ? {} : { store },
  });
  const outcome = await rig.run('work', given).catch((error: unknown) => error);
  return { outcome, last: rig.heartbeats.at(-1), store: store ?? rig.store };
}

test('each item has its own result, and one that fails loses no other', async () => {
  const { outcome } = await attempt(task([0, 1, 3], 1), 1);
  expect(outcome).toEqual({
    output: null,
    items: [
      { ok: true, output: 0, metrics: { rows: 1 } },
      { ok: false, type: 'Broken', message: 'never', attempt: 1 },
      { ok: true, output: 6, metrics: { rows: 1 } },
    ],
  });
  expect(calls).toEqual([
    '0:1:demo/1/run-1/stage/10',
    '1:1:demo/1/run-1/stage/11',
    '3:1:demo/1/run-1/stage/13',
  ]);
});

test('another attempt repeats only the items that may still succeed', async () => {
  const first = await attempt(task([0, 1, 2, 3], 3), 1);
  expect(first.outcome).toMatchObject({
    type: 'Busy',
    message: 'not yet',
    details: [{ attempt: 1, items: [{ ok: true }, { ok: false }, null, { ok: true }] }],
  });
  const second = await attempt(task([0, 1, 2, 3], 3), 2, first.last);
  expect(second.outcome).toBeInstanceOf(ApplicationFailure);
  const third = await attempt(task([0, 1, 2, 3], 3), 3, second.last ?? first.last);
  expect(third.outcome).toMatchObject({
    attempt: 3,
    items: [{ output: 0 }, { ok: false, attempt: 1 }, { output: 4 }, { output: 6 }],
  });
  expect(calls.map((call) => call.slice(0, 3))).toEqual(['0:1', '1:1', '2:1', '3:1', '2:2', '2:3']);
});

test('the last attempt gives the failures of what may not be tried again', async () => {
  const { outcome } = await attempt(task([2], 1), 1);
  expect(outcome).toMatchObject({ items: [{ ok: false, type: 'Busy', message: 'not yet', attempt: 1 }] });
});

test('results too large for a heartbeat wait in the store', async () => {
  const given = task([0, 3, 4, 2], 3, 300_000);
  const first = await attempt(given, 1);
  expect(JSON.stringify(first.last).length).toBeLessThan(400_000);
  const third = await attempt(given, 3, first.last, first.store);
  expect(third.outcome).toMatchObject({ items: [{ ok: true }, { ok: true }, { ok: true }, { ok: true }] });
  expect(calls).toHaveLength(5);
});

test('each item of a batch has a stream of its own, which a retry of the batch leaves as it is where the item is done', async () => {
  const tell = defineStage({
    name: 'tell',
    params: z.object({ n: z.number() }),
    async *run({ params, ctx }) {
      yield `${params.n} in attempt ${ctx.attempt}`;
      if (params.n === 2 && ctx.attempt === 1) throw new Error('not yet');
    },
  });
  const given = task([1, 2], 2);
  const first = activityRig({ stages: [tell] });
  await expect(first.run('tell', given)).rejects.toThrow('not yet');
  const info = { attempt: 2, heartbeatDetails: first.heartbeats.at(-1) };
  const second = activityRig({ stages: [tell], info, deps: { store: first.store } });
  const { items = [] } = await second.run('tell', given);
  expect(items.map((item) => item.ok && item.stream?.chunks)).toEqual([1, 1]);
  const read = async (item: number): Promise<readonly unknown[]> => {
    const chunks: unknown[] = [];
    const source = { workflowId: 'demo/1', runId: 'run-1', stage: 'stage', item };
    const options = { isOver: () => Promise.resolve(true) };
    for await (const one of readStageStream(first.store, source, options))
      if (one.type === 'chunk') chunks.push(one.chunk);
    return chunks;
  };
  expect(await read(11)).toEqual(['1 in attempt 1']);
  expect(await read(12)).toEqual(['2 in attempt 2']);
});
