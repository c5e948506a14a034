import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readStageStream } from '../../../src/client/events/stage-stream.js';
import { createStore } from '../../../src/storage/create-store.js';
import { writeStream } from '../../../src/storage/stream/write-stream.js';
import { loadConfig } from '../../../src/worker/config.js';
import { createStageThreadPool, type StageThreadPool } from '../../../src/worker/stage-thread-pool.js';
import { activityRig, aTask } from '../activities/attempt-rig.js';

const CONFIG = `
import { defineConfig, defineStage, StageFailure, z } from 'sluice';
import { threadId } from 'node:worker_threads';

const where = defineStage({
  name: 'where',
  params: z.object({ n: z.number(), key: z.string().optional() }),
  run: async ({ params, ctx }) => {
    ctx.log.info('in a thread with ' + ctx.secrets.get('KEY'), { n: params.n });
    ctx.progress(0.5);
    ctx.checkpoint({ row: 1 });
    ctx.metrics.add('rows', params.n);
    ctx.state.set('seen', true);
    await ctx.artifacts.write('a.txt', 'hello');
    return { inThread: threadId > 0, key: params.key, last: ctx.lastCheckpoint ?? null, attempt: ctx.attempt };
  },
});
const spin = defineStage({
  name: 'spin',
  run: ({ ctx }) => {
    ctx.progress(0.1, 'spinning');
    for (;;) Math.random();
  },
});
const fail = defineStage({
  name: 'fail',
  run: () => { throw new StageFailure('no key-12345', { type: 'Mine', retryable: false }); },
});
const date = defineStage({ name: 'date', run: () => ({ at: new Date(0) }) });
const tell = defineStage({
  name: 'tell',
  onRetry: 'continue',
  async *run({ published }) {
    for (const word of ['to', 'be', 'key-12345'].slice(published)) yield word;
    return { inThread: threadId > 0, published };
  },
});
export default defineConfig({ stages: [where, spin, fail, date, tell] });
`;

let folder: string;
let threads: StageThreadPool;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-threads-'));
  await writeFile(join(folder, 'sluice.config.ts'), CONFIG);
  threads = createStageThreadPool(join(folder, 'sluice.config.ts'), { KEY: 'key-12345', OTHER: 'other' });
});
afterAll(async () => {
  await threads.close();
  await rm(folder, { recursive: true, force: true });
});

async function rig(info = {}) {
  const { stages } = await loadConfig(folder);
  const env = { KEY: 'key-12345' };
  return activityRig({ stages: [...stages.values()], info, deps: { threads, env } });
}

const inThread = { isolation: 'thread' as const, secrets: ['KEY'] };

test('a stage in a thread has everything that other stages have', async () => {
  const made = await rig({ attempt: 2, heartbeatDetails: { checkpoint: 7 } });
  const slots = [{ at: '/key', parts: [{ secret: 'KEY' }] }];
  const task = aTask({ ...inThread, params: { n: 3, key: '***' }, secret_slots: slots });
  expect(await made.run('where', task)).toMatchObject({
    output: { inThread: true, key: '***', last: 7, attempt: 2 },
    state: { seen: true },
    metrics: { rows: 3 },
    artifacts: [{ name: 'a.txt', size_bytes: 5 }],
    attempt: 2,
  });
  expect(made.heartbeats.at(-1)).toEqual({ progress: 0.5, checkpoint: { row: 1 } });
  expect(await made.logs()).toMatchObject([{ message: 'in a thread with ***', fields: { n: 3 } }]);
});

test('a stage in a thread streams as others do, and its secrets stay out of the chunks', async () => {
  const made = await rig({ attempt: 2 });
  const source = { workflowId: 'demo/1', runId: 'run-1', stage: 'stage' };
  // A thread has the store of the configuration, as its worker has.
  const store = createStore((await loadConfig(folder)).storage);
  const before = await writeStream(store, source, { attempt: 1, onRetry: 'continue' });
  await before.append('to');
  await before.abandon();
  expect(await made.run('tell', aTask({ ...inThread, params: {} }))).toMatchObject({
    output: { inThread: true, published: 1 },
    stream: { chunks: 3, bytes: 13 },
  });
  const chunks: unknown[] = [];
  const options = { isOver: () => Promise.resolve(true) };
  for await (const item of readStageStream(store, source, options))
    if (item.type === 'chunk') chunks.push(item.chunk);
  expect(chunks).toEqual(['to', 'be', '***']);
});

test('errors of a thread arrive with their type, and without secrets', async () => {
  await expect((await rig()).run('fail', aTask(inThread))).rejects.toMatchObject({
    type: 'Mine',
    message: 'no ***',
    nonRetryable: true,
  });
  await expect((await rig()).run('where', aTask({ ...inThread, params: {} }))).rejects.toMatchObject({
    type: 'ValidationError',
    nonRetryable: true,
    message: expect.stringContaining('at n: '),
  });
  await expect((await rig()).run('date', aTask(inThread))).rejects.toMatchObject({
    type: 'ValidationError',
    message: expect.stringContaining('at is a Date'),
  });
});

test('a stage that computes for ever is heard while it runs, and ended when it is told to stop', async () => {
  const made = await rig();
  const running = made.run('spin', aTask({ ...inThread, grace_ms: 100 }));
  running.catch(() => undefined);
  await expect
    .poll(() => made.heartbeats, { timeout: 10_000 })
    .toEqual([{ progress: 0.1, message: 'spinning' }]);
  made.environment.cancel('CANCELLED');
  await expect(running).rejects.toMatchObject({ name: 'CancelledFailure' });
});

test('a worker that was configured in code says why it has no threads', async () => {
  const { stages } = await loadConfig(folder);
  const made = activityRig({ stages: [...stages.values()] });
  await expect(made.run('where', aTask(inThread))).rejects.toMatchObject({
    type: 'ValidationError',
    message: expect.stringContaining('a thread can load only a configuration file'),
  });
});
