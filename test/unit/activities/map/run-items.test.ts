import { ApplicationFailure } from '@temporalio/common';
import { beforeEach, expect, test } from 'vitest';
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
