import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { defineStage } from '../../../src/activities/define-stage.js';
import { StageFailure } from '../../../src/activities/stage-failure.js';
import type { HookSettings } from '../../../src/activities/stage-hooks.js';
import { activityRig, aTask } from './attempt-rig.js';

const calls: string[] = [];

const load = defineStage({ name: 'load', run: () => void calls.push('stage') });
const bad = defineStage({
  name: 'bad',
  run: () => {
    throw new StageFailure('no data', { type: 'Picky' });
  },
});

function rig(hooks: Partial<HookSettings>, options: { attempt?: number; most?: number } = {}) {
  calls.length = 0;
  const warnings: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) });
  const { attempt = 1, most = 3 } = options;
  const info = {
    attempt,
    activityType: 'load',
    retryPolicy: { maximumAttempts: most, nonRetryableErrorTypes: ['Fatal'] },
  };
  const deps = { hooks: { timeoutMs: 1_000, onFailure: 'log' as const, ...hooks }, log };
  return { warnings, ...activityRig({ stages: [load, bad], info, deps }) };
}

describe('hooks of a worker', () => {
  test('run around the stage in the same attempt, and are awaited', async () => {
    const { run } = rig({
      onStageStart: async ({ stage, attempt, activity }) => {
        await Promise.resolve();
        calls.push(`start ${stage.id} ${attempt} ${activity}`);
      },
      onStageComplete: ({ isReused }) => calls.push(`complete ${String(isReused)}`),
    });
    await run('load');
    expect(calls).toEqual(['start stage 1 load', 'stage', 'complete false']);
  });

  test('are told of a failure and of what follows it', async () => {
    const seen: unknown[] = [];
    const hooks: Partial<HookSettings> = {
      onStageError: ({ error, willRetry, attempt }) => seen.push([attempt, error, willRetry]),
    };
    await expect(rig(hooks).run('bad')).rejects.toMatchObject({ type: 'Picky' });
    await expect(rig(hooks, { attempt: 3 }).run('bad')).rejects.toMatchObject({ type: 'Picky' });
    await expect(rig(hooks).run('bad', aTask({ attempt_offset: 1 }))).rejects.toMatchObject({
      type: 'Picky',
    });
    const error = { type: 'Picky', message: 'no data' };
    expect(seen).toEqual([
      [1, error, true],
      [3, error, false],
      [2, error, null],
    ]);
  });

  test('see neither params nor secrets', async () => {
    let seen = '';
    const { run } = rig({ onStageStart: (facts) => void (seen = JSON.stringify(facts)) });
    await run('load', aTask({ params: null, secrets: ['TOKEN'] }));
    expect(seen).toContain('demo/1');
    expect(seen).not.toMatch(/params|TOKEN/);
  });

  test('that throw or hang are logged and change nothing', async () => {
    const { run, warnings } = rig({
      timeoutMs: 5,
      onStageStart: () => {
        throw new Error('no tracer');
      },
      onStageComplete: () => new Promise(() => undefined),
    });
    await expect(run('load')).resolves.toMatchObject({ output: null });
    expect(warnings.map((line) => JSON.parse(line).err.message)).toEqual([
      'no tracer',
      'it took longer than 5 ms',
    ]);
  });

  test('fail the attempt where the configuration says so, before the stage has run', async () => {
    const { run } = rig({
      onFailure: 'fail',
      onStageStart: () => {
        throw new Error('no tracer');
      },
    });
    await expect(run('load')).rejects.toMatchObject({
      type: 'HookFailed',
      nonRetryable: false,
      message: 'The hook `onStageStart` of the worker failed: no tracer',
    });
    expect(calls).toEqual([]);
  });
});
