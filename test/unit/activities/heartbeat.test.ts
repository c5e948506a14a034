import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { defineStage } from '../../../src/activities/define-stage.js';
import type { StageFunction } from '../../../src/activities/stage-function.js';
import { activityRig, aTask } from './attempt-rig.js';

const stage = (run: StageFunction['run']): StageFunction =>
  defineStage({ name: 'it', params: z.unknown(), run });

test('a stage that says nothing heartbeats every two seconds, so that it soon hears of its cancellation', async () => {
  vi.useFakeTimers();
  const rig = activityRig({
    info: { heartbeatTimeoutMs: 30_000 },
    stages: [stage(() => vi.advanceTimersByTimeAsync(30_000).then(() => null))],
  });
  await rig.run('it');
  vi.useRealTimers();
  expect(rig.heartbeats).toHaveLength(15);
});

test('heartbeats carry the checkpoint of the attempt before, so that it is never lost', async () => {
  vi.useFakeTimers();
  let seen: unknown;
  const rig = activityRig({
    info: { heartbeatTimeoutMs: 3_000, heartbeatDetails: { progress: 0.9, checkpoint: { row: 7 } } },
    stages: [
      stage(async ({ ctx }) => {
        seen = ctx.lastCheckpoint;
        await vi.advanceTimersByTimeAsync(1_000);
        return null;
      }),
    ],
  });
  await rig.run('it');
  vi.useRealTimers();
  expect(seen).toEqual({ row: 7 });
  expect(rig.heartbeats).toEqual([{ checkpoint: { row: 7 } }]);
});

test('progress for every row becomes a few heartbeats, and the last one is not lost', async () => {
  const rig = activityRig({
    stages: [
      stage(({ ctx }) => {
        for (let row = 0; row <= 1000; row++) ctx.progress(row / 1000, `row ${row}`);
        ctx.checkpoint(1000);
        throw new Error('no');
      }),
    ],
  });
  await expect(rig.run('it')).rejects.toThrow('no');
  expect(rig.heartbeats.length).toBeLessThan(20);
  expect(rig.heartbeats.at(-1)).toEqual({ progress: 1, message: 'row 1000', checkpoint: 1000 });
});

test('progress stays between 0 and 1, and its message without secrets', async () => {
  const rig = activityRig({
    deps: { env: { KEY: 'key-12345' } },
    stages: [
      stage(({ ctx }) => {
        ctx.progress(7, 'with key-12345');
        return null;
      }),
    ],
  });
  await rig.run('it', aTask({ secrets: ['KEY'] }));
  expect(rig.heartbeats).toEqual([{ progress: 1, message: 'with ***' }]);
});

test('a local activity does not heartbeat', async () => {
  const rig = activityRig({
    info: { isLocal: true },
    stages: [
      stage(({ ctx }) => {
        ctx.progress(0.5);
        return null;
      }),
    ],
  });
  await rig.run('it');
  expect(rig.heartbeats).toEqual([]);
});

test('a function that ignores its signal is left behind so that the run can go on', async () => {
  vi.useFakeTimers();
  const rig = activityRig({ stages: [stage(() => new Promise(() => undefined))] });
  const running = rig.run('it');
  running.catch(() => undefined);
  rig.environment.cancel('CANCELLED');
  await vi.advanceTimersByTimeAsync(10_000);
  vi.useRealTimers();
  await expect(running).rejects.toMatchObject({ name: 'CancelledFailure' });
});
