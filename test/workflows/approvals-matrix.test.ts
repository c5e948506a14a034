import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/engine/result.js';
import type { Plan } from '../../src/engine/plan.js';
import type { StageTask } from '../../src/shared/task.js';
import { aPlan, aStage } from '../support/a-plan.js';
import { anApproval, decide, untilStage } from '../support/approvals.js';
import { resultOf } from '../support/result-of.js';
import { WorkflowRig } from '../support/workflow-rig.js';

const HOUR = 3_600_000;

let rig: WorkflowRig;
let executed: string[];
beforeAll(async () => {
  const stages = {
    work: (task: StageTask) => {
      executed.push(task.run.workflow_id);
      return { output: task.stage.id };
    },
  };
  rig = await WorkflowRig.create(stages, { forgetful: true });
});
afterAll(() => rig.close());

/** What ends the run, and how the stage then ends when nobody had decided. */
const OUTCOMES = {
  approval: (run: WorkflowHandle) => decide(run, 'approve', { stage: 'sign-off', as: 'bob' }),
  rejection: (run: WorkflowHandle) => decide(run, 'reject', { stage: 'sign-off', as: 'bob', comment: 'no' }),
  cancellation: (run: WorkflowHandle) => run.cancel(),
  termination: (run: WorkflowHandle) => run.terminate('enough'),
  timeout: () => rig.env.sleep(3 * HOUR),
} as const;

type Outcome = keyof typeof OUTCOMES;

async function restart(): Promise<void> {
  await rig.stopWorker();
  await rig.startWorker();
}

async function start(required: number, overrides: Partial<Plan> = {}): Promise<WorkflowHandle> {
  executed = [];
  const wait = aStage('wait', { action: { kind: 'sleep', duration: 1000 } });
  const ask = anApproval('sign-off', { required, timeout_ms: 2 * HOUR }, { depends_on: ['wait'] });
  const work = aStage('work', { action: { kind: 'uses', uses: 'work', with: {} }, depends_on: ['sign-off'] });
  const day = aStage('day', { action: { kind: 'sleep', duration: 24 * HOUR }, depends_on: ['work'] });
  return rig.start(aPlan([wait, ask, work, day], overrides));
}

async function endOf(run: WorkflowHandle): Promise<RunResult['status'] | 'terminated'> {
  const { status } = await resultOf(run).catch(() => ({ status: 'terminated' as const }));
  return status;
}

const ENDS: Readonly<Record<Outcome, string>> = {
  approval: 'succeeded',
  rejection: 'failed',
  cancellation: 'cancelled',
  termination: 'terminated',
  timeout: 'failed',
};

/** How a run ends to which it happens when people have decided already. */
const LATE_ENDS: Readonly<Record<Outcome, string>> = {
  ...ENDS,
  rejection: 'succeeded',
  timeout: 'timed_out',
};

const isDecision = (outcome: Outcome): boolean => outcome === 'approval' || outcome === 'rejection';

describe.each(Object.keys(OUTCOMES) as Outcome[])('%s of a run that asks people', (outcome) => {
  const happen = OUTCOMES[outcome];

  it('while nobody has decided, ends it as it should and runs the next stage at most once', async () => {
    const run = await start(1);
    await untilStage(run, 'sign-off', 'awaiting_approval');
    await happen(run);
    expect(await endOf(run)).toBe(ENDS[outcome]);
    expect(executed.length).toBe(outcome === 'approval' ? 1 : 0);
  });

  it('between two votes, keeps the first and counts it once, whatever becomes of the worker', async () => {
    const run = await start(2);
    await untilStage(run, 'sign-off', 'awaiting_approval');
    await decide(run, 'approve', { stage: 'sign-off', as: 'alice' });
    await restart();
    await expect(decide(run, 'approve', { stage: 'sign-off', as: 'alice' })).rejects.toThrow(
      'Workflow Update failed',
    );
    await happen(run);
    expect(await endOf(run)).toBe(ENDS[outcome]);
    if (outcome === 'termination') return;
    const { stages } = await run.query<RunResult>('status');
    const approvals = stages['sign-off']?.approval?.decisions.filter(
      ({ decision }) => decision === 'approve',
    );
    expect(approvals?.map(({ by }) => by)).toEqual(outcome === 'approval' ? ['alice', 'bob'] : ['alice']);
  });

  it('after the decision, changes nothing about it, and no stage that ended runs again', async () => {
    const run = await start(1, outcome === 'timeout' ? { timeout_ms: 3 * HOUR } : {});
    await untilStage(run, 'sign-off', 'awaiting_approval');
    await decide(run, 'approve', { stage: 'sign-off', as: 'alice' });
    await untilStage(run, 'day', 'running');
    await restart();
    const late = Promise.resolve(happen(run));
    if (isDecision(outcome)) await expect(late).rejects.toThrow('Workflow Update failed');
    else await late;
    expect(await endOf(run)).toBe(LATE_ENDS[outcome]);
    const { stages } = await run.query<RunResult>('status');
    expect(stages['sign-off']).toMatchObject({
      status: 'succeeded',
      approval: { decisions: [{ by: 'alice' }] },
    });
    expect(stages['work']?.status).toBe('succeeded');
    expect(executed.length).toBe(1);
  });
});

it('refuses every later vote of the same moment: one decides, the other hears that it is decided', async () => {
  const run = await start(1);
  await untilStage(run, 'sign-off', 'awaiting_approval');
  const votes = await Promise.allSettled([
    decide(run, 'approve', { stage: 'sign-off', as: 'alice' }),
    decide(run, 'reject', { stage: 'sign-off', as: 'bob', comment: 'no' }),
  ]);
  expect(votes.filter(({ status }) => status === 'fulfilled').length).toBe(1);
  await endOf(run);
  const { stages } = await run.query<RunResult>('status');
  expect(stages['sign-off']?.approval?.decisions.length).toBe(1);
});
