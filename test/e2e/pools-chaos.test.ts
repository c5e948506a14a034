import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SluiceClient } from '../../src/client/index.js';
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from '../../src/client/temporal-server/embedded-server.js';
import { createRunInput } from '../../src/engine/create-run-input.js';
import type { Plan } from '../../src/engine/plan.js';
import { PIPELINE_WORKFLOW, poolWorkflowId } from '../../src/shared/names.js';
import { workflowBundlePath } from '../../src/worker/workflow-bundle.js';
import { poolQuery } from '../../src/workflows/pool/messages.js';
import { aPlan, aStage } from '../support/a-plan.js';
import { runCli } from '../support/run-cli.js';

const CLI = fileURLToPath(new URL('../../dist/client/cli/main.js', import.meta.url));
const PROJECT = fileURLToPath(new URL('fixtures/pools', import.meta.url));
const SLOTS = 3;

Runtime.install({ logger: new DefaultLogger('ERROR') });

let dir: string;
let server: EmbeddedServer;
let sluice: SluiceClient;
let temporal: Client;
let worker: ReturnType<typeof spawnWorker>;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-pools-'));
  server = await startEmbeddedServer({ dir, headless: true });
  worker = spawnWorker();
  sluice = await SluiceClient.connect({
    connectionOptions: { address: server.address },
    taskQueue: 'pools',
  });
  temporal = new Client({ connection: await Connection.connect({ address: server.address }) });
});
afterAll(async () => {
  worker.kill('SIGKILL');
  await temporal.connection.close();
  await sluice.close();
  await server.release();
  await rm(dir, { recursive: true, force: true });
});

function spawnWorker() {
  const args = [CLI, 'worker', '--address', server.address];
  return execa('node', args, { cwd: PROJECT, reject: false });
}

async function killWorker(): Promise<void> {
  worker.kill('SIGKILL');
  await worker;
  worker = spawnWorker();
}

function planOf(ms: number, slots = 1, priority = 3): Plan {
  const stage = aStage('work', {
    action: { kind: 'uses', uses: 'hold', with: { ms } },
    pools: [{ pool: 'chaos', slots, key: null }],
    heartbeat_timeout_ms: 1_500,
    retry: { ...aStage('any').retry, max_attempts: 50, initial_delay_ms: 50, backoff: 1 },
    priority,
  });
  return aPlan([stage], { pools: { chaos: { slots: SLOTS, rate: null } } });
}

/** Temporal itself ends a run that has a limit, without asking it. */
async function start(key: string, plan: Plan, limitMs?: number): Promise<WorkflowHandle> {
  const made = createRunInput(plan, {});
  if (!('input' in made)) throw new Error('the plan has inputs');
  const workflowId = `${plan.pipeline}/${key}`;
  await temporal.workflow.start(PIPELINE_WORKFLOW, {
    taskQueue: 'pools',
    workflowId,
    args: [made.input],
    ...(limitMs === undefined ? {} : { workflowExecutionTimeout: limitMs }),
  });
  return temporal.workflow.getHandle(workflowId);
}

const FATES = ['left alone', 'cancelled', 'terminated', 'timed out', 'paused', 'reset'] as const;
type Fate = (typeof FATES)[number];

async function suffer(handle: WorkflowHandle, fate: Fate): Promise<void> {
  if (fate === 'cancelled') await handle.cancel();
  if (fate === 'terminated') await handle.terminate('chaos');
  if (fate === 'reset') await reset(handle);
  if (fate !== 'paused') return;
  await handle.signal('pause', { by: 'chaos' });
  await delay(500);
  await handle.signal('unpause', { by: 'chaos' });
}

/** Another execution takes the place of the run and begins from nothing. */
async function reset({ workflowId }: WorkflowHandle): Promise<void> {
  const { events } = await temporal.workflow.getHandle(workflowId).fetchHistory();
  const first = events?.find((event) => event.workflowTaskCompletedEventAttributes);
  if (!first?.eventId) return;
  await temporal.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId },
    workflowTaskFinishEventId: first.eventId,
    reason: 'chaos',
    requestId: randomUUID(),
  });
}

/** The same numbers in every run of the test. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function expectReplays(ids: readonly string[]): Promise<void> {
  const workflowBundle = { codePath: await workflowBundlePath() };
  for (const id of ids) {
    const history = await temporal.workflow.getHandle(id).fetchHistory();
    await Worker.runReplayHistory({ workflowBundle }, history, id);
  }
}

const viewOf = () => temporal.workflow.getHandle(poolWorkflowId('chaos')).query(poolQuery);

/** The most slots that were ever seen to be taken at once. */
function watchTaken(): { readonly stop: () => Promise<number> } {
  const over = new AbortController();
  const most = (async () => {
    let taken = 0;
    while (!over.signal.aborted) {
      const now = temporal.withDeadline(Date.now() + 2_000, viewOf).catch(() => null);
      taken = Math.max(taken, (await now)?.taken ?? 0);
      await delay(50);
    }
    return taken;
  })();
  return {
    stop: () => {
      over.abort();
      return most;
    },
  };
}

it('a pool loses no slot, lends none twice and serves everybody, whatever happens to fifty runs and their worker', async () => {
  // Makes the search attributes known.
  await (await sluice.start(planOf(1))).result();
  const random = numbers(20_261);
  const runs = Array.from({ length: 50 }, (_, i) => ({
    key: `chaos-${i}`,
    fate: FATES[i % FATES.length] ?? 'left alone',
    after: random() * 5_000,
    limitMs: 1_000 + random() * 4_000,
    plan: planOf(50 + random() * 400, random() < 0.2 ? 2 : 1, 1 + Math.floor(random() * 5)),
  }));
  const watch = watchTaken();
  const ending = runs.map(async ({ key, fate, after, limitMs, plan }) => {
    const handle = await start(key, plan, fate === 'timed out' ? limitMs : undefined);
    await delay(after);
    await suffer(handle, fate).catch(() => undefined);
    await handle.result().catch(() => undefined);
    return { fate, status: (await handle.describe()).status.name };
  });
  for (const pause of [1_500, 2_000]) {
    await delay(pause);
    await killWorker();
  }
  const ends = await Promise.all(ending);
  const calm = ends.filter(({ fate }) => fate === 'left alone' || fate === 'paused' || fate === 'reset');
  expect(calm.map(({ status }) => status)).toEqual(calm.map(() => 'COMPLETED'));
  // It needs every slot there is, so it runs only once nothing is held by runs that are gone.
  const last = await start('chaos-last', planOf(1, SLOTS));
  expect(await last.result()).toMatchObject({ status: 'succeeded' });
  expect(await watch.stop()).toBe(SLOTS);
  await expect
    .poll(viewOf, { timeout: 20_000, interval: 200 })
    .toMatchObject({ taken: 0, waiting_count: 0, holders: [] });
  await expectReplays([poolWorkflowId('chaos'), 'example/chaos-0', 'example/chaos-4']);
}, 240_000);

it('sluice pools shows who holds slots and who waits', async () => {
  const pools = (...args: string[]) =>
    runCli(['pools', ...args, '--address', server.address], { cwd: PROJECT });
  const holder = await start('holder', planOf(60_000, 2));
  const waiter = await start('waiter', planOf(1, 3));
  await expect.poll(viewOf, { timeout: 20_000 }).toMatchObject({ taken: 2, waiting_count: 1 });

  const all = await pools('--json');
  expect(all.exitCode, all.stderr).toBe(0);
  expect(all.json()).toMatchObject({
    pools: [
      {
        pool: 'chaos',
        state: 'active',
        slots: 3,
        taken: 2,
        holders: [{ workflow_id: holder.workflowId, stage: 'work', slots: 2 }],
        waiting_count: 1,
        waiting: [{ position: 1, workflow_id: waiter.workflowId, stage: 'work', slots: 3 }],
      },
      { pool: 'spare', state: 'idle', slots: 4, rate: { limit: 10, per_ms: 1_000 }, taken: 0 },
    ],
  });
  const words = await pools('chaos');
  expect(words.stdout).toContain('chaos  2 of 3 slots taken, 1 waiting');
  expect(words.stdout).toMatch(/holds +example\/holder +work +2/);
  expect(words.stdout).toMatch(/1\. waits +example\/waiter +work +3/);
  expect((await pools('spare')).stdout).toContain('spare  0 of 4 slots taken, 10 starts per 1s, idle');

  const unknown = await pools('nope', '--json');
  expect(unknown.exitCode).toBe(2);
  expect(unknown.json()).toMatchObject({ error: { code: 'pool_not_found' } });
  expect((await pools('chaos', 'spare')).exitCode).toBe(2);
  await Promise.all([holder.cancel(), waiter.cancel()]);
}, 60_000);
