import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endpointModel, llmNodes } from '../../../src/nodes/index.js';
import { createFolderStore } from '../../../src/storage/folder-store.js';
import { llmServer } from '../../support/llm-server.js';
import { aTask } from '../activities/attempt-rig.js';
import { nodeRig } from './node-rig.js';

let server: Awaited<ReturnType<typeof llmServer>>;
let rig: ReturnType<typeof nodeRig>;

const nodesFor = (changes: Partial<Parameters<typeof endpointModel>[0]> = {}) =>
  llmNodes({
    models: {
      service: endpointModel({
        url: server.url,
        model: 'writer',
        prices: { input: 1_000, output: 10_000 },
        ...changes,
      }),
    },
    defaultModel: 'service',
  });

beforeAll(async () => {
  server = await llmServer();
  rig = nodeRig(nodesFor());
});

afterAll(() => server.close());

describe('a budget', () => {
  // A token in costs 0.001 and one out 0.01; an answer of at most ten tokens can cost a little over 0.1.
  const ask = (run: string, params: object) =>
    rig.run(
      'generate-text',
      { prompt: 'Hi', max_tokens: 10, ...params },
      { run: { ...aTask().run, id: run } },
    );

  test('lets a call pass that it covers, and none that it might not', async () => {
    server.next({ kind: 'answer', text: 'ok', tokens: [5, 2] });
    expect(await ask('one', { budget: 0.11 })).toMatchObject({ metrics: { cost: 0.025 } });
    const before = server.asked.length;
    await expect(ask('one', { budget: 0.11 })).rejects.toMatchObject({
      type: 'BudgetExceeded',
      nonRetryable: true,
      message:
        'The run has spent 0.025 of its budget of 0.11, and this call could cost 0.109. To go on, raise it: sluice retry demo/1 stage --param budget=0.135',
    });
    expect(server.asked.length).toBe(before);
    expect(await ask('another', { budget: 0.11 })).toMatchObject({ output: { text: expect.any(String) } });
  });

  test('counts what the run has spent elsewhere', async () => {
    await expect(ask('two', { budget: 0.5, spent: 0.45 })).rejects.toMatchObject({ type: 'BudgetExceeded' });
  });

  test('counts calls that are under way with what they can cost', async () => {
    server.next({ kind: 'slow' });
    const [taken, stopped] = [server.taken(), nodeRig(nodesFor(), {}, rig.store)];
    const params = { prompt: 'Hi', max_tokens: 10, budget: 0.15 };
    const outcome = stopped
      .run('generate-text', params, { run: { ...aTask().run, id: 'three' } })
      .catch((error: unknown) => error);
    await taken;
    await expect(ask('three', { budget: 0.15 })).rejects.toMatchObject({
      type: 'BudgetExceeded',
      message: expect.stringContaining('calls under way could cost 0.109'),
    });
    stopped.environment.cancel();
    expect(await outcome).toMatchObject({ name: 'CancelledFailure' });
    // The service may bill it.
    await expect(ask('three', { budget: 0.15 })).rejects.toMatchObject({
      message: expect.stringContaining('has spent 0.109 of its budget'),
    });
  });

  test('is not touched by calls that the service refused, and is by answers that broke off', async () => {
    server.next({ kind: 'status', status: 500 }, { kind: 'busy' }, { kind: 'status', status: 400 });
    for (const type of ['ModelUnavailable', 'ModelRateLimited', 'ModelRefused']) {
      await expect(ask('four', { budget: 0.15 })).rejects.toMatchObject({ type });
    }
    server.next({ kind: 'cut' });
    await expect(ask('four', { budget: 0.15 })).rejects.toMatchObject({ type: 'ModelUnavailable' });
    await expect(ask('four', { budget: 0.15 })).rejects.toMatchObject({ type: 'BudgetExceeded' });
  });

  test('is one for all workers that share a store, and no call is made past it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-budget-'));
    const workers = [1, 2].map(() => nodeRig(nodesFor(), {}, createFolderStore(folder)));
    const before = server.asked.length;
    const calls = Array.from({ length: 40 }, async (_, index) =>
      workers[index % 2]?.run('generate-text', { prompt: 'Hi', max_tokens: 10, budget: 1 }),
    );
    const ends = await Promise.allSettled(calls);
    const answered = ends.filter(({ status }) => status === 'fulfilled').length;
    expect(server.asked.length - before).toBe(answered);
    const cost = ends.reduce(
      (sum, end) => sum + (end.status === 'fulfilled' ? (end.value?.metrics?.['cost'] ?? 0) : 0),
      0,
    );
    expect(answered).toBeGreaterThanOrEqual(9);
    expect(cost).toBeLessThanOrEqual(1);
    for (const end of ends)
      if (end.status === 'rejected') expect(end.reason).toMatchObject({ type: 'BudgetExceeded' });
    await rm(folder, { recursive: true });
  });
});

test('a cached answer costs nothing again, and tells what it saves', async () => {
  const { store } = rig;
  server.next({ kind: 'answer', text: 'ok', tokens: [5, 2] });
  const ask = (run: string) =>
    nodeRig(nodesFor(), {}, store).run(
      'generate-text',
      { prompt: 'Say it once.', max_tokens: 10, budget: 0.15 },
      { cache: {}, run: { ...aTask().run, id: run } },
    );
  const counters = { model_calls: 1, tokens_in: 5, tokens_out: 2, cost: 0.025 };
  expect((await ask('first')).metrics).toEqual(counters);
  for (let time = 0; time < 10; time += 1) {
    const again = await ask('second');
    expect(again.reused_from).toBe('cache demo/1');
    expect(again.metrics).toEqual({
      model_calls_saved: 1,
      tokens_in_saved: 5,
      tokens_out_saved: 2,
      cost_saved: 0.025,
    });
  }
});

test('a cached answer is given for the same prompt and model, and asked for anew for another', async () => {
  const { store } = rig;
  const isReused = async (nodes: ReturnType<typeof nodesFor>, prompt = 'Tell me.'): Promise<boolean> => {
    // One store is what the workers of all runs share.
    const { run } = nodeRig(nodes, {}, store);
    return (await run('generate-text', { prompt }, { cache: {} })).reused_from !== undefined;
  };
  expect(await isReused(nodesFor())).toBe(false);
  expect(await isReused(nodesFor())).toBe(true);
  expect(await isReused(nodesFor({ prices: { input: 1, output: 1 } }))).toBe(true);
  expect(await isReused(nodesFor(), 'Tell me more.')).toBe(false);
  expect(await isReused(nodesFor({ version: '2026-03' }))).toBe(false);
  expect(await isReused(nodesFor({ model: 'writer-2' }))).toBe(false);
});
