import { afterAll, beforeAll, expect, test } from 'vitest';
import { endpointModel, llmNodes } from '../../../src/nodes/index.js';
import { followStream } from '../../../src/storage/stream/read-stream.js';
import { streamFolder } from '../../../src/storage/stream/stream-place.js';
import { llmServer } from '../../support/llm-server.js';
import { activityRig, aTask } from '../activities/attempt-rig.js';
import { memoryStore } from '../storage/memory-store.js';

let server: Awaited<ReturnType<typeof llmServer>>;
let nodes: ReturnType<typeof llmNodes>;
const store = memoryStore();

beforeAll(async () => {
  server = await llmServer();
  const prices = { input: 1_000, output: 10_000 };
  const models = { writer: endpointModel({ url: server.url, model: 'writer', prices }) };
  nodes = llmNodes({ models, defaultModel: 'writer' });
});

afterAll(() => server.close());

const ask = (stage: string, attempt = 1, params = {}) =>
  activityRig({ stages: nodes, info: { attempt }, deps: { store } }).run(
    'generate-text',
    aTask({
      params: { prompt: 'Hi', stream: true, ...params },
      stage: { id: stage, name: stage },
      run: { ...aTask().run, id: stage },
    }),
  );

async function read(stage: string): Promise<readonly string[]> {
  const folder = streamFolder({ workflowId: 'demo/1', runId: stage, stage });
  const chunks: unknown[] = [];
  for await (const { step } of followStream(store, folder, { follow: false })) {
    if (step.kind === 'chunks') chunks.push(...step.chunks);
  }
  return chunks.map(String);
}

test('a streamed answer is given piece by piece, and as a whole as the output', async () => {
  server.next({ kind: 'answer', text: 'piece by\npiece' });
  const { output } = await ask('told');
  expect(output).toMatchObject({ text: 'piece by\npiece', finish_reason: 'stop', tokens_in: 11 });
  const pieces = await read('told');
  expect(pieces.length).toBeGreaterThan(2);
  expect(pieces.join('')).toBe('piece by\npiece');
});

test('what a broken answer gave is replaced by the next attempt', async () => {
  server.next({ kind: 'cut' }, { kind: 'answer', text: 'all of it' });
  await expect(ask('retold')).rejects.toMatchObject({ type: 'ModelUnavailable' });
  expect(await read('retold')).toEqual(['half of ']);
  await ask('retold', 2);
  expect((await read('retold')).join('')).toBe('all of it');
});

test('without `stream` nothing but the output is kept', async () => {
  const result = await ask('quiet', 1, { stream: false });
  expect(result.stream).toBeUndefined();
  expect(await read('quiet')).toEqual([]);
});

test('a streamed answer that broke off stays booked with the most it can have cost', async () => {
  server.next({ kind: 'cut' });
  const params = { budget: 0.15, max_tokens: 10 };
  await expect(ask('dear', 1, params)).rejects.toMatchObject({ type: 'ModelUnavailable' });
  await expect(ask('dear', 2, params)).rejects.toMatchObject({ type: 'BudgetExceeded' });
});
