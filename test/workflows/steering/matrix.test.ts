import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/engine/plan.js';
import type { RunEndStatus, RunResult, RunStatus } from '../../../src/engine/result.js';
import type { JsonObject } from '../../../src/shared/json.js';
import type { StageTask } from '../../../src/shared/task.js';
import { aPlan, aStage } from '../../support/a-plan.js';
import { resultOf } from '../../support/result-of.js';
import { WorkflowRig } from '../../support/workflow-rig.js';

let rig: WorkflowRig;
/** How often each stage of each run was called. */
const calls = new Map<string, number>();

beforeAll(async () => {
  const count = (workflowId: string, stage: string): number => {
    const key = `${workflowId} ${stage}`;
    calls.set(key, (calls.get(key) ?? 0) + 1);
    return calls.get(key) ?? 0;
  };
  const stages = {
    work: ({ params, run, stage }: StageTask) => {
      count(run.workflow_id, stage.id);
      if ((params as JsonObject)['ok'] !== true) throw ApplicationFailure.nonRetryable('not ok', 'Picky');
      return { output: 'fine' };
    },
    next: ({ run, stage }: StageTask) => ({ output: count(run.workflow_id, stage.id) }),
  };
  rig = await WorkflowRig.create(stages, { forgetful: true });
});
afterAll(() => rig.close());

const HOUR_MS = 3_600_000;

/** What the server hands to a worker that is just stopping comes back after this time. */
const SOON = { heartbeat_timeout_ms: 5_000 };

/** A stage that is held, one after it, and a day of waiting in which a run can be stopped. */
function plan(overrides: Partial<Plan> = {}): Plan {
  const stages = [
    aStage('work', {
      ...SOON,
      action: { kind: 'uses', uses: 'work', with: { ok: false } },
      hold: { timeout_ms: null, on_timeout: 'fail' },
    }),
    aStage('next', { ...SOON, depends_on: ['work'], action: { kind: 'uses', uses: 'next', with: {} } }),
    aStage('day', { depends_on: ['next'], action: { kind: 'sleep', duration: 24 * HOUR_MS } }),
  ];
  const clean = aStage('clean', { ...SOON, action: { kind: 'uses', uses: 'next', with: {} } });
  return aPlan(stages, { hooks: { on_success: [], on_failure: [], finally: [clean] }, ...overrides });
}

async function untilStatus(handle: WorkflowHandle, stage: string, wanted: string): Promise<void> {
  await expect
    .poll(async () => (await handle.query<RunStatus>('status')).stages[stage]?.status, { timeout: 30_000 })
    .toBe(wanted);
}

async function restart(): Promise<void> {
  await rig.stopWorker();
  await rig.startWorker();
}

const ADA = { by: 'ada', reason: 'again' };
const RETRY = { ...ADA, stage: 'work', params: { ok: true } };

const DECISIONS = {
  success: (handle: WorkflowHandle) => handle.executeUpdate('retry_stage', { args: [RETRY] }),
  failure: (handle: WorkflowHandle) =>
    handle.executeUpdate('fail_stage', { args: [{ ...ADA, stage: 'work' }] }),
} as const;

/** What is true of any run, however it ended: every stage that ended ran once, and every decision counts once. */
function checkOnce(handle: WorkflowHandle, result: RunResult, decisions: number): void {
  expect(result.stages['work']?.decisions ?? []).toHaveLength(decisions);
  expect(calls.get(`${handle.workflowId} work`)).toBe(result.stages['work']?.attempts);
  expect(calls.get(`${handle.workflowId} next`) ?? 0).toBe(
    result.stages['next']?.status === 'succeeded' ? 1 : 0,
  );
  expect(calls.get(`${handle.workflowId} clean`)).toBe(1);
}

describe.each(['success', 'failure'] as const)('a decision that ends in %s', (outcome) => {
  it.each(['before', 'during', 'after'] as const)(
    'is neither lost nor taken twice when the worker restarts %s it',
    async (moment) => {
      const handle = await rig.start(plan());
      await untilStatus(handle, 'work', 'held');
      if (moment === 'before') await restart();
      if (moment === 'during') await rig.stopWorker();
      const decided = DECISIONS[outcome](handle);
      if (moment === 'during') await rig.startWorker();
      await decided;
      if (moment === 'after') await restart();
      await expect(DECISIONS[outcome](handle)).rejects.toMatchObject({ cause: { type: 'SteeringRefused' } });
      const result = await resultOf(handle);
      expect(result.status).toBe(outcome === 'success' ? 'succeeded' : 'failed');
      checkOnce(handle, result, 1);
    },
  );
});

type Stop = {
  readonly stop: (handle: WorkflowHandle) => Promise<unknown>;
  readonly overrides: Partial<Plan>;
  readonly status: RunEndStatus;
};

const STOPS: Readonly<Record<'cancel' | 'timeout', Stop>> = {
  cancel: { stop: (handle) => handle.signal('cancel', ADA), overrides: {}, status: 'cancelled' },
  timeout: {
    stop: async () => undefined,
    overrides: { timeout_ms: HOUR_MS },
    status: 'timed_out',
  },
};

describe.each(['cancel', 'timeout'] as const)('a run that ends by a %s', (how) => {
  const { stop, overrides, status } = STOPS[how];

  it('before the decision keeps the failure that was waited with, and refuses the decision', async () => {
    const handle = await rig.start(plan(overrides));
    await untilStatus(handle, 'work', 'held');
    await restart();
    await stop(handle);
    const result = await resultOf(handle);
    expect(result.status).toBe(status);
    expect(result.stages['work']).toMatchObject({ status: 'failed', error: { type: 'Picky' } });
    checkOnce(handle, result, 0);
    await expect(DECISIONS.success(handle)).rejects.toBeInstanceOf(Error);
  });

  it('during the decision ends in one way, with the decision in it', async () => {
    const handle = await rig.start(plan(overrides));
    await untilStatus(handle, 'work', 'held');
    await rig.stopWorker();
    const decided = DECISIONS.success(handle);
    await rig.startWorker();
    await decided;
    await untilStatus(handle, 'day', 'running');
    await stop(handle);
    const result = await resultOf(handle);
    expect(result.status).toBe(status);
    expect(result.stages['day']?.status).toBe('cancelled');
    checkOnce(handle, result, 1);
  });

  it('after the decision leaves what ended as it is', async () => {
    const handle = await rig.start(plan(overrides));
    await untilStatus(handle, 'work', 'held');
    await DECISIONS.success(handle);
    await untilStatus(handle, 'day', 'running');
    await restart();
    await stop(handle);
    const result = await resultOf(handle);
    expect(result.status).toBe(status);
    expect(result.stages['work']).toMatchObject({ status: 'succeeded', output: 'fine', attempts: 2 });
    checkOnce(handle, result, 1);
  });
});

describe('a run that is terminated', () => {
  it.each(['before', 'during', 'after'] as const)('%s the decision takes no further step', async (moment) => {
    const handle = await rig.start(plan());
    await untilStatus(handle, 'work', 'held');
    if (moment === 'after') {
      await DECISIONS.success(handle);
      await untilStatus(handle, 'day', 'running');
    }
    await rig.stopWorker();
    const decided = moment === 'during' ? DECISIONS.success(handle).then(String, String) : null;
    await handle.terminate('enough');
    await rig.startWorker();
    if (decided !== null) expect(await decided).toContain('Error');
    await expect(DECISIONS.success(handle)).rejects.toBeInstanceOf(Error);
    const status = await handle.query<RunStatus>('status');
    expect(status.stages['work']).toMatchObject(
      moment === 'after' ? { status: 'succeeded', attempts: 2 } : { status: 'held', attempts: 1 },
    );
    expect(calls.get(`${handle.workflowId} work`)).toBe(moment === 'after' ? 2 : 1);
    expect(calls.get(`${handle.workflowId} clean`)).toBeUndefined();
  });
});

describe('a run that is cancelled again while finally runs', () => {
  it('runs finally to its end, and says that the second time was too late', async () => {
    // Short, because the clock of the server may be locked by what was cancelled before.
    const nap = aStage('nap', { action: { kind: 'sleep', duration: 4_000 } });
    const clean = aStage('clean', { ...SOON, action: { kind: 'uses', uses: 'next', with: {} } });
    const handle = await rig.start(
      plan({ hooks: { on_success: [], on_failure: [], finally: [nap, clean] } }),
    );
    await untilStatus(handle, 'work', 'held');
    await handle.signal('cancel', ADA);
    await expect
      .poll(async () => (await handle.query<RunStatus>('status')).hooks['nap']?.status, { timeout: 30_000 })
      .toBe('running');
    await handle.signal('cancel', { by: 'bob' });
    await handle.cancel();
    const result = await resultOf(handle);
    expect(result).toMatchObject({
      status: 'cancelled',
      hooks: { nap: { status: 'succeeded' }, clean: { status: 'succeeded' } },
    });
    expect((await handle.query<RunStatus>('status')).notes).toContain(
      'cancel was refused: It is too late to cancel the run: all its stages have ended.',
    );
  });
});
