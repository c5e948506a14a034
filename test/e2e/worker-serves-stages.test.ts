import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { execa } from 'execa';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { Client, type WorkflowFailedError } from '@temporalio/client';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureTemporalCli } from '../../src/client/temporal-server/locate.js';
import { defineStage, z } from '../../src/index.js';
import { startDevServer } from '../../src/testing/start-server.js';
import { createDataConverter, createFolderStore } from '../../src/worker/index.js';
import { completeConfig, startWorker, type RunningWorker } from '../../src/worker/index.js';
import { installRuntime } from '../../src/worker/runtime.js';
import { aTask } from '../unit/activities/attempt-rig.js';
import type { StageTask } from '../../src/shared/task.js';

const started = new Map<string, () => void>();
const shutdowns: string[] = [];
/** How many of `crowd` run, and the most that ever did. */
const crowd = { now: 0, most: 0 };

const stages = [
  defineStage({
    name: 'double',
    params: z.object({ rows: z.array(z.number()) }),
    output: z.object({ rows: z.array(z.number()) }),
    run: ({ params }) => ({ rows: params.rows.map((row) => row * 2) }),
  }),
  defineStage({
    name: 'resume',
    run: ({ ctx }) => {
      if (ctx.attempt === 1) {
        ctx.progress(0.5, 'half');
        ctx.checkpoint({ row: 7 });
        throw new Error('first attempt fails');
      }
      // The second attempt gives no checkpoint of its own, and the third still gets that of the first.
      if (ctx.attempt === 2) {
        ctx.progress(0.6);
        throw new Error('second attempt fails');
      }
      return ctx.lastCheckpoint ?? null;
    },
  }),
  defineStage({
    name: 'crowd',
    run: async () => {
      crowd.now += 1;
      crowd.most = Math.max(crowd.most, crowd.now);
      await setTimeout(20);
      crowd.now -= 1;
    },
  }),
  defineStage({
    name: 'wait-for-signal',
    run: ({ ctx }) =>
      new Promise<string>((_resolve, reject) => {
        started.get(ctx.stage.id)?.();
        ctx.signal.addEventListener('abort', () => {
          shutdowns.push(ctx.stage.id);
          reject(new Error('stopped'));
        });
      }),
  }),
];

const workerProcess = fileURLToPath(new URL('fixtures/worker-process.ts', import.meta.url));

let server: TestWorkflowEnvironment;
let client: Client;
let folder: string;
let bundle: string;
let worker: RunningWorker;
let count = 0;

async function start(taskQueue: string, settings: object = {}): Promise<RunningWorker> {
  return startWorker({
    connectionSettings: {
      connectionOptions: { address: server.address },
      namespace: server.namespace ?? 'default',
      configured: true,
    },
    config: completeConfig({ stages, taskQueue, worker: settings }, { file: null, projectDir: folder }),
    log: silent,
    workflowBundlePath: bundle,
  });
}

const silent = pino({ level: 'silent' });

beforeAll(async () => {
  installRuntime({ log: silent });
  folder = await mkdtemp(join(tmpdir(), 'sluice-worker-'));
  const { path } = await ensureTemporalCli();
  server = await startDevServer(path, { log: { format: 'json', level: 'error' } });
  const workflowsPath = fileURLToPath(new URL('fixtures/one-stage-workflow.ts', import.meta.url));
  bundle = join(folder, 'bundle.js');
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  await writeFile(bundle, code);
  const store = createFolderStore(join(folder, '.sluice/store'));
  client = new Client({
    connection: server.connection,
    namespace: server.namespace ?? 'default',
    dataConverter: createDataConverter(store),
  });
  worker = await start('stages', { httpPort: 0 });
});

afterAll(async () => {
  await worker?.stop();
  await server?.teardown();
  await rm(folder, { recursive: true, force: true });
});

type Changes = { task?: Partial<StageTask>; options?: object; cancelAfterMs?: number; taskQueue?: string };

async function run(
  activity: string,
  { task, options, cancelAfterMs, taskQueue = 'stages' }: Changes = {},
): Promise<unknown> {
  const limits = { startToCloseTimeout: '30s', heartbeatTimeout: '5s', retry: { maximumAttempts: 1 } };
  return client.workflow.execute('oneStage', {
    taskQueue,
    workflowId: `one-${++count}`,
    args: [{ activity, task: aTask(task), options: { ...limits, ...options }, cancelAfterMs }],
  });
}

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: WorkflowFailedError) => error.cause?.cause,
  );

test('serves stage functions, and keeps payloads of megabytes in the store', async () => {
  const rows = Array.from({ length: 400_000 }, (_, index) => index);
  const result = await run('double', { task: { params: { rows } } });
  expect(result).toMatchObject({
    output: { rows: rows.map((row) => row * 2) },
    output_ref: { sha256: expect.any(String) as string, size_bytes: expect.any(Number) as number },
  });
});

test.each([
  ['one after the other where less is left than asked for', { targetCpu: 0.001, targetMemory: 0.001 }, 1],
  ['no more at once than it was told', { targetCpu: 1, targetMemory: 1, maxActivities: 2 }, 2],
])('runs stages by the load of the machine: %s', async (_title, slots, most) => {
  const taskQueue = `crowd-${most}`;
  const careful = await start(taskQueue, { slots });
  Object.assign(crowd, { now: 0, most: 0 });
  await Promise.all(Array.from({ length: 8 }, () => run('crowd', { taskQueue })));
  await careful.stop();
  expect(crowd.now).toBe(0);
  expect(crowd.most).toBeGreaterThan(0);
  expect(crowd.most).toBeLessThanOrEqual(most);
});

test('gives the checkpoint of a failed attempt to every later one', async () => {
  const options = { retry: { maximumAttempts: 3, initialInterval: '10ms' } };
  expect(await run('resume', { options })).toMatchObject({ output: { row: 7 }, attempt: 3 });
});

test('cancels a running command with all that it started', async () => {
  const file = join(folder, 'pids');
  const script = `sleep 300 & echo $! > ${file}; echo $$ >> ${file}; wait`;
  const task = { params: { command: script, env: {}, cwd: null, grace_ms: 200 } };
  expect(await run('sluice.run', { task, cancelAfterMs: 1_000 })).toBe('cancelled');
  const pids = (await readFile(file, 'utf8')).trim().split('\n').map(Number);
  expect(pids).toHaveLength(2);
  await expect.poll(() => pids.filter(isAlive)).toEqual([]);
});

test('stops a stage that runs past its timeout on time', async () => {
  const task = { stage: { id: 'slow', name: 'Slow' } };
  const error = await failure(run('wait-for-signal', { task, options: { startToCloseTimeout: '1s' } }));
  // Whoever notices first: the worker says so itself, the server by a failure of its own.
  expect(String(error)).toMatch(/timeout/i);
  await expect.poll(() => shutdowns).toContain('slow');
});

test('hands a stage over to the next worker when its own stops', async () => {
  const first = await start('handover', { shutdownGraceMs: 100 });
  const running = new Promise<void>((resolve) => started.set('long', resolve));
  const result = failure(
    run('wait-for-signal', { task: { stage: { id: 'long', name: 'Long' } }, taskQueue: 'handover' }),
  );
  await running;
  await first.stop();
  expect(shutdowns).toContain('long');
  const second = await start('handover');
  expect(await result).toMatchObject({
    type: 'WorkerShutdown',
    nonRetryable: false,
    message: 'Stage "long" was interrupted because its worker shut down.',
  });
  await second.stop();
});

describe('a worker process', () => {
  /** Starts one, and a command on it that writes its process ID and lasts for minutes. */
  async function busyProcess(taskQueue: string, trap: string) {
    const child = execa(
      'node',
      ['--import', 'jiti/register', workerProcess, folder, server.address, taskQueue],
      {
        reject: false,
      },
    );
    const file = join(folder, `${taskQueue}.pid`);
    const command = `trap '${trap}' TERM; echo $$ > ${file}; while true; do sleep 0.05; done`;
    const task = { params: { command, env: {}, cwd: null, grace_ms: 60_000 } };
    const running = failure(run('sluice.run', { task, options: { taskQueue, startToCloseTimeout: '4m' } }));
    await expect.poll(() => readFile(file, 'utf8').catch(() => ''), { timeout: 120_000 }).toMatch(/\d+\n/);
    return { child, running, pid: Number(await readFile(file, 'utf8')) };
  }

  beforeAll(() => writeFile(join(folder, 'sluice.config.json'), '{ "worker": { "shutdownGraceMs": 100 } }'));

  test('stops its stages and ends by itself when it is told to', async () => {
    const { child, running, pid } = await busyProcess('polite', 'exit 0');
    child.kill('SIGTERM');
    expect(await running).toMatchObject({ type: 'WorkerShutdown' });
    expect((await child).exitCode).toBe(0);
    expect(isAlive(pid)).toBe(false);
  });

  test('that is killed leaves no command behind either', async () => {
    const { child, pid } = await busyProcess('killed', '');
    child.kill('SIGKILL');
    await child;
    await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false);
  });

  test('ends at once when it is told twice, and leaves no command behind', async () => {
    const { child, pid } = await busyProcess('hasty', '');
    child.kill('SIGTERM');
    await expect
      .poll(() => child.exitCode ?? child.kill('SIGTERM'), { interval: 200, timeout: 20_000 })
      .toBe(130);
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

test('answers its health endpoint and counts stages', async () => {
  await run('double', { task: { params: { rows: [] } } });
  expect((await fetch(`${worker.healthUrl}/healthz`)).status).toBe(200);
  expect((await fetch(`${worker.healthUrl}/readyz`)).status).toBe(200);
  expect((await fetch(`${worker.healthUrl}/nothing`)).status).toBe(404);
  const metrics = await (await fetch(`${worker.healthUrl}/metrics`)).text();
  expect(metrics).toMatch(
    /sluice_stage_duration_seconds_count\{pipeline="demo",stage="stage",status="succeeded"\} \d/,
  );
});

// A process that ended but that nobody has waited for yet does not count.
function isAlive(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return state !== '' && !state.startsWith('Z');
}
