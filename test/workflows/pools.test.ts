import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StagePlan } from '../../src/engine/plan.js';
import type { RunResult } from '../../src/engine/result.js';
import type { PoolUse } from '../../src/engine/stage-extras.js';
import { ACTIVITY, POOL_WORKFLOW, poolWorkflowId } from '../../src/shared/names.js';
import type { StageTask } from '../../src/shared/task.js';
import { poolQuery } from '../../src/workflows/pool/messages.js';
import { aMap } from '../support/a-map.js';
import { aPlan, aStage } from '../support/a-plan.js';
import { controlledStage } from '../support/controlled-stage.js';
import { poolCheck } from '../support/pool-check.js';
import { resultOf } from '../support/result-of.js';
import { WorkflowRig } from '../support/workflow-rig.js';

let rig: WorkflowRig;

/**
 * Starts the pools of a plan ahead. A run would do it itself, as a child that outlives it; but once the parent of such a
 * child has ended, the clock of the test server stays locked.
 */
async function openPools(on: WorkflowRig, names: readonly string[]): Promise<void> {
  for (const pool of names) {
    // oxlint-disable-next-line no-await-in-loop
    await on.env.client.workflow.start(POOL_WORKFLOW, {
      taskQueue: 'rig',
      workflowId: poolWorkflowId(pool),
      args: [{ pool, asks: [] }],
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
  }
}

async function run(...[plan, request]: Parameters<WorkflowRig['run']>): Promise<RunResult> {
  await openPools(rig, Object.keys(plan.pools));
  return rig.run(plan, request);
}

/** How many run at once, now and at most, how many wait for each other; and what was told to the stages. */
const seen = { now: 0, most: 0, gather: 0, tasks: [] as StageTask[] };

/** Waits until as many run at once as are to gather; five seconds at most, so that too few are seen as too few. */
async function gathered(): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop
  for (let wait = 0; wait < 250 && seen.most < seen.gather; wait += 1) await delay(20);
}

beforeAll(async () => {
  rig = await WorkflowRig.create({
    [ACTIVITY.poolCheck]: poolCheck(() => rig.env.client),
    work: async (task) => {
      seen.tasks.push(task);
      seen.now += 1;
      seen.most = Math.max(seen.most, seen.now);
      await gathered();
      await delay(20);
      seen.now -= 1;
      return { output: task.stage.id };
    },
    'fails-once': (task) => {
      seen.tasks.push(task);
      if (task.attempt_offset === 0) {
        throw ApplicationFailure.create({
          type: 'Flaky',
          message: 'no',
          details: [{ attempt: 1, checkpoint: 7 }],
        });
      }
      return { output: task.checkpoint ?? null };
    },
    'always-fails': (task) => {
      seen.tasks.push(task);
      throw ApplicationFailure.create({ type: 'Broken', message: 'no' });
    },
    'refuses-twice': (task) => {
      seen.tasks.push(task);
      if (seen.tasks.filter(({ stage }) => stage.id === task.stage.id).length > 2)
        return { output: 'at last' };
      throw ApplicationFailure.create({
        type: 'HttpError',
        message: '429',
        nextRetryDelay: '10m',
        details: [{ attempt: 1, rate_limited: true }],
      });
    },
  });
});

afterAll(() => rig.close());

function pooled(
  id: string,
  uses: string,
  pools: ReadonlyArray<Partial<PoolUse> & { pool: string }>,
  overrides: Partial<StagePlan> = {},
) {
  return aStage(id, {
    action: { kind: 'uses', uses, with: {} },
    pools: pools.map((use) => ({ slots: 1, key: null, ...use })),
    ...overrides,
  });
}

const slots = (n: number) => ({ slots: n, rate: null });

function retry(overrides: Partial<StagePlan['retry']>): StagePlan['retry'] {
  return { ...aStage('any').retry, ...overrides };
}

describe('stages of a pool', () => {
  it('give their slot back between attempts, and count attempts and keep checkpoints over them', async () => {
    seen.tasks = [];
    const plan = aPlan(
      [
        pooled('flaky', 'fails-once', [{ pool: 'one' }], {
          retry: retry({ initial_delay_ms: 30_000 }),
        }),
        pooled('other', 'work', [{ pool: 'one' }]),
      ],
      { pools: { one: slots(1) } },
    );
    const { status, stages } = await run(plan);
    expect(status).toBe('succeeded');
    expect(seen.tasks.map(({ stage }) => stage.id)).toEqual(['flaky', 'other', 'flaky']);
    expect(stages['flaky']).toMatchObject({ attempts: 2, output: 7 });
    expect(stages['flaky']?.duration_ms).toBeGreaterThanOrEqual(30_000);
  });

  it('fail when they are out of attempts, and at once by an error that is not retried', async () => {
    seen.tasks = [];
    const plan = aPlan(
      [
        pooled('three', 'always-fails', [{ pool: 'out' }]),
        pooled('once', 'always-fails', [{ pool: 'out' }], {
          retry: retry({ non_retryable_errors: ['Broken'] }),
        }),
      ],
      { pools: { out: slots(1) }, failure: 'continue' },
    );
    const { stages } = await run(plan);
    expect(stages['three']).toMatchObject({ status: 'failed', attempts: 3, error: { type: 'Broken' } });
    expect(stages['once']).toMatchObject({ status: 'failed', attempts: 1 });
    expect(seen.tasks.filter(({ stage }) => stage.id === 'three').map((task) => task.attempt_offset)).toEqual(
      [0, 1, 2],
    );
  });

  it('close the key of a service that refuses until it said, for everybody, and lose no attempt by it', async () => {
    seen.tasks = [];
    const key = { pool: 'api', key: '${{ inputs.account }}' };
    const first = pooled('refused', 'refuses-twice', [key], { retry: retry({ max_attempts: 1 }) });
    const then = pooled('same-key', 'work', [key], { depends_on: ['gate'] });
    const gate = aStage('gate', { action: { kind: 'sleep', duration: 1_000 } });
    const plan = aPlan(
      [first, gate, then, pooled('other-key', 'work', [{ pool: 'api', key: 'b' }], { depends_on: ['gate'] })],
      {
        pools: { api: { slots: null, rate: { limit: 100, per_ms: 1_000 } } },
        inputs: { account: { type: 'string', required: true } },
      },
    );
    const { stages } = await run(plan, { inputs: { account: 'a' } });
    expect(stages['refused']).toMatchObject({ status: 'succeeded', attempts: 1, output: 'at last' });
    expect(Number(stages['same-key']?.duration_ms)).toBeLessThan(60_000);
    const startOf = (id: string): number => Date.parse(stages[id]?.started_at ?? '');
    expect(startOf('same-key') - startOf('refused')).toBeGreaterThanOrEqual(600_000);
    expect(startOf('other-key') - startOf('refused')).toBeLessThan(60_000);
  });

  it('start no more in a period than its rate', async () => {
    const stages = ['a', 'b', 'c', 'd', 'e'].map((id) => pooled(id, 'work', [{ pool: 'rated' }]));
    const plan = aPlan(stages, { pools: { rated: { slots: null, rate: { limit: 2, per_ms: 60_000 } } } });
    const { stages: results } = await run(plan);
    const starts = Object.values(results).map(({ started_at }) => Date.parse(started_at ?? ''));
    const minutes = starts
      .toSorted((a, b) => a - b)
      .map((time) => Math.round((time - Math.min(...starts)) / 60_000));
    expect(minutes).toEqual([0, 0, 1, 1, 2]);
  });

  it('may need several pools at once, without waiting for each other in a circle', async () => {
    const needs = [{ pool: 'left' }, { pool: 'right' }];
    const stages = ['a', 'b', 'c', 'd'].map((id, i) =>
      pooled(id, 'work', i % 2 === 0 ? needs : [...needs].reverse()),
    );
    const plan = aPlan(stages, { pools: { left: slots(1), right: slots(1) } });
    expect((await run(plan)).status).toBe('succeeded');
  });

  it('give up when they get no slot within queue_timeout, and within total_timeout over all attempts', async () => {
    const plan = aPlan(
      [
        pooled('long', 'refuses-twice', [{ pool: 'slow', key: 'x' }], { total_timeout_ms: 300_000 }),
        pooled('queued', 'work', [{ pool: 'slow', key: 'x' }], { queue_timeout_ms: 60_000 }),
      ],
      { pools: { slow: slots(1) }, failure: 'continue' },
    );
    seen.tasks = [];
    const { stages } = await run(plan);
    expect(stages['long']).toMatchObject({
      status: 'timed_out',
      error: {
        type: 'TimeoutError',
        message: expect.stringMatching(/5m.*total_timeout.*pool "slow", key "x"/),
      },
    });
    expect(stages['queued']).toMatchObject({
      status: 'timed_out',
      attempts: 0,
      started_at: null,
      error: { message: expect.stringMatching(/no slot of pool "slow", key "x" within 1m/) },
    });
  });

  it('show what they wait for', async () => {
    const { hang, arrival, end } = controlledStage();
    const own = await WorkflowRig.create({ hang });
    const plan = aPlan(
      [pooled('first', 'hang', [{ pool: 'shown' }]), pooled('second', 'hang', [{ pool: 'shown' }])],
      {
        pools: { shown: slots(1) },
      },
    );
    const handle = await own.start(plan);
    await arrival('first');
    await expect
      .poll(async () => (await handle.query<{ stages: Record<string, unknown> }>('status')).stages['second'])
      .toMatchObject({ status: 'waiting', waiting_for: 'pool "shown"', started_at: null });
    await expect
      .poll(() => own.env.client.workflow.getHandle(poolWorkflowId('shown')).query(poolQuery))
      .toMatchObject({
        taken: 1,
        holders: [{ workflow_id: handle.workflowId, stage: 'first' }],
        waiting: [{ position: 1, workflow_id: handle.workflowId, stage: 'second' }],
      });
    end('first');
    await arrival('second');
    end('second');
    expect((await resultOf(handle)).stages['second']).not.toHaveProperty('waiting_for');
    await own.close();
  });

  it('leave the line when they are cancelled', async () => {
    const { hang, arrival, end } = controlledStage();
    const own = await WorkflowRig.create({ hang, work: () => ({ output: 1 }) });
    const pools = { busy: slots(1) };
    const holder = await own.start(aPlan([pooled('hold', 'hang', [{ pool: 'busy' }])], { pools }));
    await arrival('hold');
    const waiter = await own.start(aPlan([pooled('wait', 'work', [{ pool: 'busy' }])], { pools }));
    const last = await own.start(aPlan([pooled('last', 'work', [{ pool: 'busy' }])], { pools }));
    const view = () => own.env.client.workflow.getHandle(poolWorkflowId('busy')).query(poolQuery);
    await expect.poll(async () => (await view()).waiting_count).toBe(2);
    await waiter.cancel();
    expect((await resultOf(waiter)).stages['wait']).toMatchObject({ status: 'cancelled', attempts: 0 });
    expect((await view()).waiting_count).toBe(1);
    end('hold');
    expect((await resultOf(last)).status).toBe('succeeded');
    expect((await resultOf(holder)).status).toBe('succeeded');
    await own.close();
  });

  it('do not start any more when their run is cancelled after the wave, and items of maps neither', async () => {
    const { hang, arrival, end } = controlledStage();
    const own = await WorkflowRig.create({ hang, work: () => ({ output: 1 }) });
    const pools = { waved: slots(1) };
    const over = { over: { type: 'range' as const, range: 3 } };
    const use = [{ pool: 'waved' }];
    const plan = aPlan(
      [
        pooled('hold', 'hang', use),
        pooled('wait', 'work', use),
        pooled('each', 'work', use, { map: aMap(over) }),
        pooled('clean', 'work', use, { run_when: 'always' }),
      ],
      { pools },
    );
    await openPools(own, ['waved']);
    const handle = await own.start(plan);
    await arrival('hold');
    const view = () => own.env.client.workflow.getHandle(poolWorkflowId('waved')).query(poolQuery);
    await expect.poll(async () => (await view()).waiting_count).toBe(5);
    await handle.signal('cancel_after_wave');
    await expect.poll(async () => (await view()).waiting_count).toBe(1);
    end('hold');
    const { status, stages } = await resultOf(handle);
    expect(status).toBe('cancelled');
    expect(stages).toMatchObject({
      hold: { status: 'succeeded' },
      wait: { status: 'cancelled', attempts: 0 },
      each: { status: 'cancelled', items: { succeeded: 0, pending: 3 } },
      clean: { status: 'succeeded' },
    });
    await own.close();
  });

  it('give back what they have when their run is paused, and take their place again afterwards', async () => {
    const { hang, arrival, end } = controlledStage();
    const own = await WorkflowRig.create({ hang, work: () => ({ output: 1 }) });
    const pools = { alpha: slots(1), beta: slots(1) };
    await openPools(own, ['alpha', 'beta']);
    const holder = await own.start(aPlan([pooled('hold', 'hang', [{ pool: 'beta' }])], { pools }));
    await arrival('hold');
    const both = pooled('both', 'work', [{ pool: 'alpha' }, { pool: 'beta' }]);
    const handle = await own.start(aPlan([both], { pools }));
    const taken = async (): Promise<number> =>
      (await own.env.client.workflow.getHandle(poolWorkflowId('alpha')).query(poolQuery)).taken;
    await expect.poll(taken).toBe(1);
    await handle.signal('pause', { by: 'ada' });
    await expect.poll(taken).toBe(0);
    await handle.signal('unpause', { by: 'ada' });
    await expect.poll(taken).toBe(1);
    end('hold');
    expect((await resultOf(handle)).status).toBe('succeeded');
    expect((await resultOf(holder)).status).toBe('succeeded');
    await own.close();
  });

  it('take over what a terminated run held', async () => {
    const { hang, arrival } = controlledStage();
    const own = await WorkflowRig.create({
      hang,
      work: () => ({ output: 1 }),
      [ACTIVITY.poolCheck]: poolCheck(() => own.env.client),
    });
    const pools = { inherited: slots(1) };
    await openPools(own, ['inherited']);
    const holder = await own.start(aPlan([pooled('hold', 'hang', [{ pool: 'inherited' }])], { pools }));
    await arrival('hold');
    const waiter = await own.start(aPlan([pooled('wait', 'work', [{ pool: 'inherited' }])], { pools }));
    await holder.terminate();
    expect((await resultOf(waiter)).status).toBe('succeeded');
    await own.close();
  });
});

describe('a pool', () => {
  it('ends when nobody needs it, and starts again with the next request', async () => {
    const plan = aPlan([pooled('a', 'work', [{ pool: 'idle' }])], { pools: { idle: slots(1) } });
    await run(plan);
    const handle = rig.env.client.workflow.getHandle(poolWorkflowId('idle'));
    const { runId } = await handle.describe();
    await handle.result();
    expect((await rig.run(plan)).status).toBe('succeeded');
    expect((await handle.describe()).runId).not.toBe(runId);
  });

  it.each([
    ['in the workflow of its run', {}],
    ['in shards', { map_limits: { inline: 2, shard: 3 } }],
  ])('lends a slot to each item of a map that runs %s', async (_where, more) => {
    Object.assign(seen, { most: 0, gather: 3 });
    const map = aMap({ over: { type: 'range', range: 8 } });
    const plan = aPlan([pooled('each', 'work', [{ pool: 'items' }], { map })], {
      pools: { items: slots(3) },
    });
    expect((await run(plan, { more })).stages['each']).toMatchObject({
      status: 'succeeded',
      items: { succeeded: 8 },
    });
    expect(seen.most).toBe(3);
    seen.gather = 0;
    const view = await rig.env.client.workflow.getHandle(poolWorkflowId('items')).query(poolQuery);
    expect(view).toMatchObject({ taken: 0, waiting_count: 0 });
  });

  it('serves several runs, no more at once than it has slots', async () => {
    Object.assign(seen, { most: 0, gather: 2 });
    const stages = ['a', 'b', 'c', 'd'].map((id) => pooled(id, 'work', [{ pool: 'two' }]));
    const plan = aPlan(stages, { pools: { two: slots(2) } });
    const results = await Promise.all([run(plan), run(plan)]);
    expect(results.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
    expect(seen.most).toBe(2);
    seen.gather = 0;
  });
});
