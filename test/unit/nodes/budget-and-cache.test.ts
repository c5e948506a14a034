import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endpointModel, llmNodes } from '../../../src/nodes/index.js';
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
    const [taken, stopped] = [server.taken(), nodeRig(nodesFor())];
    const params = { prompt: 'Hi', max_tokens: 10, budget: 0.15 };
    const outcome = stopped
      .run('generate-text', params, { run: { ...aTask().run, id: 'three' } })
      .catch((error: unknown) => error);
    await taken;
    await expect(ask('three', { budget: 0.15 })).rejects.toMatchObject({ type: 'BudgetExceeded' });
    stopped.environment.cancel();
    expect(await outcome).toMatchObject({ name: 'CancelledFailure' });
    expect(await ask('three', { budget: 0.15 })).toMatchObject({ output: { finish_reason: 'stop' } });
  });
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
