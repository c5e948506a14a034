import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPools } from '../../src/client/pools.js';
import { SluiceClient } from '../../src/client/sluice-client.js';
import { ensureTemporalCli } from '../../src/client/temporal-server/locate.js';
import { createRunInput } from '../../src/engine/create-run-input.js';
import type { Plan } from '../../src/engine/plan.js';
import { ACTIVITY, PIPELINE_WORKFLOW, poolWorkflowId } from '../../src/shared/names.js';
import type { StageTask } from '../../src/shared/task.js';
import { startDevServer } from '../../src/testing/start-server.js';
import { createPoolCheck } from '../../src/worker/pool-check.js';
import { bundleWithoutStacks } from '../../src/worker/workflow-bundle.js';
import { workflowBundlePath } from '../../src/worker/workflow-bundle.js';
import { poolAskSignal, poolQuery } from '../../src/workflows/pool/messages.js';
import { aPlan, aStage } from '../support/a-plan.js';

const SERVER_OPTIONS = [
  'history.transferProcessorMaxPollRPS=2000',
  'matching.useNewMatcher=true',
  'matching.enableFairness=true',
].flatMap((value) => ['--dynamic-config-value', value]);

let env: TestWorkflowEnvironment;
let worker: Worker;
let running: Promise<void>;
const times = new Map<string, { started: number; ended: number }>();

async function hold(task: StageTask) {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), 100);
  const mark = { started: performance.now(), ended: 0 };
  times.set(`${task.run.workflow_id}/${task.stage.id}`, mark);
  try {
    const { ms } = task.params as { readonly ms: number };
    await Promise.race([delay(ms), context.cancelled]);
  } finally {
    clearInterval(beat);
    mark.ended = performance.now();
  }
  return { output: null };
}

beforeAll(async () => {
  const { path } = await ensureTemporalCli();
  env = await startDevServer(path, { extraArgs: SERVER_OPTIONS });
  worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: 'rig',
    // As production workers do.
    workflowBundle: await bundleWithoutStacks(await workflowBundlePath()),
    activities: { hold, [ACTIVITY.poolCheck]: createPoolCheck(env.client) },
    maxHeartbeatThrottleInterval: 100,
  });
  running = worker.run();
});

afterAll(async () => {
  worker.shutdown();
  await running;
  await env.teardown();
});

function planOf(pool: string, ms: number, overrides: { slots?: number; priority?: number } = {}): Plan {
  const { slots = 1, priority = 3 } = overrides;
  const stage = aStage('work', {
    action: { kind: 'uses', uses: 'hold', with: { ms } },
    pools: [{ pool, slots, key: null }],
    heartbeat_timeout_ms: 2_000,
    priority,
  });
  return aPlan([stage], { pools: { [pool]: { slots: 3, rate: null } } });
}

function start(id: string, plan: Plan): Promise<WorkflowHandle> {
  const made = createRunInput(plan, {});
  if (!('input' in made)) throw new Error('the plan has inputs');
  return env.client.workflow.start(PIPELINE_WORKFLOW, {
    taskQueue: 'rig',
    workflowId: `example/${id}`,
    args: [made.input],
  });
}

const viewOf = (pool: string) => env.client.workflow.getHandle(poolWorkflowId(pool)).query(poolQuery);

describe('a pool on a development server', () => {
  it('goes on in a new history with all that it knows', async () => {
    const handle = await start('long', planOf('long', 120_000));
    await expect.poll(() => viewOf('long').catch(() => null)).toMatchObject({ taken: 1 });
    const pool = env.client.workflow.getHandle(poolWorkflowId('long'));
    const { runId } = await pool.describe();
    const nothing = {
      holder: { workflow_id: handle.workflowId, run_id: 'unknown' },
      settings: { slots: 3, rate: null, as_of: 0 },
      requests: [],
      releases: ['unknown'],
      closes: [],
      holds: [],
    };
    while ((await pool.describe()).runId === runId) {
      await Promise.all(Array.from({ length: 20 }, () => pool.signal(poolAskSignal, nothing)));
    }
    const next = await start('next', planOf('long', 10, { slots: 2 }));
    await next.result();
    expect(await viewOf('long')).toMatchObject({ taken: 1, holders: [{ workflow_id: handle.workflowId }] });
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow('cancelled');
  });

  it('hands a free slot over', async () => {
    const plan = { ...planOf('relay', 100, { slots: 3 }) };
    const handles = [];
    for (let i = 0; i < 8; i++) handles.push(await start(`relay-${i}`, plan));
    await Promise.all(handles.map((handle) => handle.result()));
    const turns = [...times]
      .filter(([id]) => id.startsWith('example/relay-'))
      .map(([, turn]) => turn)
      .toSorted((a, b) => a.started - b.started);
    expect(turns).toHaveLength(8);
    const gaps = turns.slice(1).map((turn, i) => turn.started - (turns[i]?.ended ?? 0));
    expect(Math.min(...gaps), 'one after the other').toBeGreaterThanOrEqual(0);
    console.info(`hand-over of a slot, ms: ${gaps.map((gap) => gap.toFixed(0)).join(', ')}`);
  });

  it('is shown with what it lends, also when it is idle', async () => {
    const configured = new Map([['unused', { slots: 4, rate: null }]]);
    const handle = await start('shown', planOf('shown', 60_000));
    await expect
      .poll(() => readPools(env.client, { name: 'shown' }))
      .toMatchObject([{ state: 'active', taken: 1 }]);
    expect(await readPools(env.client, { configured, name: 'unused' })).toMatchObject([
      { state: 'idle', slots: 4, taken: 0 },
    ]);
    await expect
      .poll(async () => (await readPools(env.client, { configured })).map(({ pool }) => pool))
      .toContain('shown');
    expect(await readPools(env.client, { name: 'nobody' })).toEqual([]);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow('cancelled');
  });
});

describe('priority and fairness of runs', () => {
  const quick = (pipeline: string, extra: Partial<Plan> = {}): Plan =>
    aPlan(
      Array.from({ length: 12 }, (_, i) =>
        aStage(`s${i}`, { action: { kind: 'uses', uses: 'note', with: {} } }),
      ),
      { pipeline, ...extra },
    );

  /** Starts runs while no worker takes stages, then lets one take them one by one; gives their pipelines in that order. */
  async function orderOf(queue: string, plans: readonly Plan[]): Promise<readonly string[]> {
    const order: string[] = [];
    const note = (task: StageTask) => {
      order.push(task.run.pipeline);
      return { output: null };
    };
    const codePath = await workflowBundlePath();
    const options = { connection: env.nativeConnection, taskQueue: queue };
    const runs = await Worker.create({ ...options, workflowBundle: { codePath } });
    const client = new SluiceClient(env.client, { taskQueue: queue });
    const ending = runs.runUntil(async () => {
      const handles = [];
      for (const plan of plans) {
        const handle = await client.start(plan);
        handles.push(handle);
        await expect
          .poll(async () => (await handle.describe()).raw.pendingActivities?.length, { timeout: 20_000 })
          .toBe(plan.stages.length);
      }
      const stages = await Worker.create({
        ...options,
        activities: { note },
        maxConcurrentActivityTaskExecutions: 1,
      });
      await stages.runUntil(Promise.all(handles.map((handle) => handle.result())));
    });
    await ending;
    return order;
  }

  it('lets a run of a better priority overtake the stages that wait already', async () => {
    const order = await orderOf('priorities', [quick('backlog'), quick('urgent', { priority: 1 })]);
    // What was handed to the worker's poll before may still go first; without priorities it would be two of them.
    expect(order.slice(0, 14).filter((pipeline) => pipeline === 'urgent').length).toBeGreaterThanOrEqual(8);
  });

  it('interleaves the stages of pipelines, however many of one wait already', async () => {
    const order = await orderOf('fairness', [quick('many'), quick('few')]);
    const few = order.slice(0, 12).filter((pipeline) => pipeline === 'few').length;
    expect(few).toBeGreaterThanOrEqual(4);
    expect(few).toBeLessThanOrEqual(8);
  });
});
