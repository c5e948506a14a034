import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineStage } from '../../../../src/activities/define-stage.js';
import type { StageContext } from '../../../../src/activities/stage-function.js';
import type { StageTask } from '../../../../src/shared/task.js';
import { cacheEntryKey, readCacheFacts } from '../../../../src/storage/cache-entry.js';
import { StoreError } from '../../../../src/storage/blob-store.js';
import { activityRig, aTask } from '../attempt-rig.js';
import { memoryStore } from '../../storage/memory-store.js';

/** A stage function that counts how often it ran, and ends when the test lets it. */
function countingStage(body: (n: number, ctx: StageContext) => unknown = (n) => n) {
  const calls = { count: 0 };
  const stage = defineStage({
    name: 'count',
    params: z.unknown(),
    run: ({ ctx }) => body(++calls.count, ctx),
  });
  return { calls, stage };
}

const task = (workflowId: string, changes: Partial<StageTask> = {}): StageTask => {
  const base = aTask({ cache: {}, ...changes });
  return { ...base, run: { ...base.run, workflow_id: workflowId, id: workflowId.replace('demo/', 'run-') } };
};

function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
}

describe('a cached stage', () => {
  test('gives the earlier result with its state, metrics and artifacts, and says of which run', async () => {
    const { calls, stage } = countingStage(async (n, ctx) => {
      ctx.state.set('n', n);
      ctx.metrics.add('rows', 10);
      await ctx.artifacts.write('model.json', '{}');
      return { n };
    });
    const rig = activityRig({ stages: [stage] });
    const first = await rig.run('count', task('demo/1'));
    const second = await rig.run('count', task('demo/2'));
    expect(calls.count).toBe(1);
    expect(first).not.toHaveProperty('reused_from');
    expect(second).toEqual({ ...first, reused_from: 'cache demo/1' });
    expect(second).toMatchObject({ output: { n: 1 }, state: { n: 1 }, metrics: { rows: 10 } });
  });

  test('leaves no trace in the store when it has no cache', async () => {
    const { calls, stage } = countingStage();
    const rig = activityRig({ stages: [stage] });
    const { cache: _cache, ...plain } = task('demo/1');
    await rig.run('count', plain);
    await rig.run('count', plain);
    expect(calls.count).toBe(2);
    expect(rig.store.blobs.size).toBe(0);
  });

  test('keeps nothing of an execution that failed', async () => {
    const { calls, stage } = countingStage((n) => {
      if (n === 1) throw new Error('first time');
      return n;
    });
    const rig = activityRig({ stages: [stage] });
    await expect(rig.run('count', task('demo/1'))).rejects.toThrow('first time');
    expect([...rig.store.blobs.keys()].filter((key) => key.startsWith('cache/'))).toEqual([]);
    expect(await rig.run('count', task('demo/2'))).toEqual({ output: 2 });
    expect(calls.count).toBe(2);
  });

  test('runs again when the result is older than its max_age', async () => {
    const { stage } = countingStage();
    const rig = activityRig({ stages: [stage] });
    await rig.run('count', task('demo/1'));
    const old = [...rig.store.blobs.keys()][0] ?? '';
    const text = rig.store.blobs.get(old)?.toString() ?? '';
    const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
    rig.store.blobs.set(old, Buffer.from(text.replace(/"created_at":"[^"]*"/, `"created_at":"${hourAgo}"`)));
    const within = await rig.run('count', task('demo/2', { cache: { max_age_ms: 7_200_000 } }));
    expect(within).toEqual({ output: 1, reused_from: 'cache demo/1' });
    expect(await rig.run('count', task('demo/3', { cache: { max_age_ms: 1_800_000 } }))).toEqual({
      output: 2,
    });
  });

  test('gives its own result again to the attempt after the one whose worker died', async () => {
    const { calls, stage } = countingStage();
    const store = memoryStore();
    await activityRig({ stages: [stage], deps: { store } }).run('count', task('demo/1'));
    const again = activityRig({ stages: [stage], deps: { store }, info: { attempt: 2 } });
    expect(await again.run('count', task('demo/1'))).toEqual({ output: 1, attempt: 2 });
    expect(calls.count).toBe(1);
  });

  test.each([
    ['a flipped bit', (text: string) => text.replace('"output":1', '"output":3')],
    ['a cut end', (text: string) => text.slice(0, -5)],
    ['something else', () => 'hello'],
    ['nothing', () => ''],
  ])('runs and warns when the entry is damaged: %s', async (_what, damage) => {
    const { stage } = countingStage();
    const rig = activityRig({ stages: [stage] });
    await rig.run('count', task('demo/1'));
    const key = [...rig.store.blobs.keys()][0] ?? '';
    rig.store.blobs.set(key, Buffer.from(damage(rig.store.blobs.get(key)?.toString() ?? '')));
    expect(await rig.run('count', task('demo/1'))).toEqual({ output: 2 });
    expect(await rig.logs()).toMatchObject([
      { level: 'warn', message: expect.stringMatching(/cannot be used, the stage runs: .*is damaged/) },
    ]);
    expect(await rig.run('count', task('demo/3'))).toMatchObject({ output: 2, reused_from: 'cache demo/1' });
  });

  test('runs when an artifact of the earlier result is gone', async () => {
    const { stage } = countingStage(async (n, ctx) => {
      await ctx.artifacts.write('a', 'bytes');
      return n;
    });
    const rig = activityRig({ stages: [stage] });
    await rig.run('count', task('demo/1'));
    for (const key of rig.store.blobs.keys()) if (key.startsWith('objects/')) rig.store.blobs.delete(key);
    expect(await rig.run('count', task('demo/2'))).toMatchObject({ output: 2 });
  });

  test('runs, without reuse, when the store refuses everything about the cache', async () => {
    const { stage } = countingStage();
    const store = memoryStore();
    const refuse = (key: string): void => {
      if (key.startsWith('cache/')) throw new StoreError('unavailable', `No access to "${key}".`);
    };
    const broken = {
      ...store,
      put: async (...args: Parameters<typeof store.put>) => (refuse(args[0]), store.put(...args)),
      putIfAbsent: async (key: string, data: Uint8Array) => (refuse(key), store.putIfAbsent(key, data)),
      get: async (key: string) => (refuse(key), store.get(key)),
    };
    const rig = activityRig({ stages: [stage], deps: { store: broken } });
    expect(await rig.run('count', task('demo/1'))).toEqual({ output: 1 });
  });
});

describe('several that need the same result', () => {
  test('share one execution, in one process and across processes', async () => {
    const { open, opened } = gate();
    const { calls, stage } = countingStage(async (n) => (await opened, n));
    const store = memoryStore();
    // Another store object is what another process has: the same bytes, but none of this one's memory.
    const here = activityRig({ stages: [stage], deps: { store } });
    const there = activityRig({ stages: [stage], deps: { store: { ...store } } });
    const results = Array.from({ length: 10 }, (_, index) =>
      (index % 2 === 0 ? here : there).run('count', task(`demo/${index}`)),
    );
    while (calls.count === 0) await delay(5);
    open();
    const outputs = (await Promise.all(results)).map((result) => result.output);
    expect(outputs).toEqual(Array.from({ length: 10 }, () => 1));
    expect(calls.count).toBe(1);
    expect([...store.blobs.keys()].filter((key) => key.startsWith('cache/leases/'))).toEqual([]);
  });

  test('take over from one that failed, one after the other', async () => {
    const { calls, stage } = countingStage(async (n) => {
      if (n < 3) throw new Error(`failure ${n}`);
      return n;
    });
    const rig = activityRig({ stages: [stage] });
    const results = await Promise.allSettled([1, 2, 3, 4].map((n) => rig.run('count', task(`demo/${n}`))));
    expect(results.map(({ status }) => status).toSorted()).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    expect(calls.count).toBe(3);
  });

  test('say for whom they wait, and stop waiting when they are cancelled', async () => {
    const { open, opened } = gate();
    const { stage } = countingStage(async (n) => (await opened, n));
    const store = memoryStore();
    const here = activityRig({ stages: [stage], deps: { store } });
    const there = activityRig({ stages: [stage], deps: { store: { ...store } } });
    const first = here.run('count', task('demo/1'));
    while (store.blobs.size === 0) await delay(5);
    const second = there.run('count', task('demo/2'));
    while (there.heartbeats.length === 0) await delay(5);
    expect(there.heartbeats.at(-1)).toMatchObject({
      message: 'waits for demo/1, which makes the same result',
    });
    there.environment.cancel('CANCELLED');
    await expect(second).rejects.toThrow('CANCELLED');
    open();
    expect(await first).toEqual({ output: 1 });
  });
});

test('the facts of a cached result are read without the result', async () => {
  const { stage } = countingStage(() => 'x'.repeat(1_000_000));
  const rig = activityRig({ stages: [stage] });
  await rig.run('count', task('demo/1', { cache: { max_age_ms: 1000 } }));
  const key = [...rig.store.blobs.keys()][0]?.split('/').at(-1) ?? '';
  expect(rig.store.blobs.has(cacheEntryKey(key))).toBe(true);
  expect(await readCacheFacts(rig.store, key)).toMatchObject({
    key,
    pipeline: 'demo',
    stage: 'stage',
    function: 'count',
    workflow_id: 'demo/1',
    max_age_ms: 1000,
  });
});
