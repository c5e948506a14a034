import { ApplicationFailure, type WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { publicKeyOf } from '../../../src/client/approvals/approval-keys.js';
import { signedMessage } from '../../../src/client/approvals/decision.js';
import { planContinuation } from '../../../src/client/resume/plan-continuation.js';
import { RunHandle } from '../../../src/client/run-handle.js';
import type { CanaryReport, CanaryView } from '../../../src/engine/canary.js';
import type { Plan } from '../../../src/engine/plan.js';
import type { Json } from '../../../src/shared/json.js';
import { ACTIVITY } from '../../../src/shared/names.js';
import { canaryStageOf, measuredOf } from '../../support/a-canary.js';
import { aPlan, aStage } from '../../support/a-plan.js';
import { decide, refusalOf, untilStage } from '../../support/approvals.js';
import { resultOf } from '../../support/result-of.js';
import { type FakeStage, WorkflowRig } from '../../support/workflow-rig.js';

const MINUTE = 60_000;
/** Longer than the steps below all traffic take together. */
const BOTH_STEPS = 25 * MINUTE;

const world = { weights: [] as number[], value: 50, refusesTheWayBack: false, ran: 0 };

const stages: Readonly<Record<string, FakeStage>> = {
  'set-weight': ({ params }) => {
    const { weight } = params as { weight: number };
    if (weight === 0 && world.refusesTheWayBack) {
      throw ApplicationFailure.nonRetryable('HTTP 401: no token', 'HttpError');
    }
    world.weights.push(weight);
    return { output: null };
  },
  [ACTIVITY.canaryMeasure]: () => ({ output: [measuredOf(world.value)] as unknown as Json }),
  count: () => {
    world.ran += 1;
    return { output: world.ran };
  },
};

let rig: WorkflowRig;
beforeAll(async () => {
  rig = await WorkflowRig.create(stages);
});
afterAll(() => rig.close());

let service = '';
let tests = 0;
beforeEach(() => {
  tests += 1;
  service = `service-${tests}`;
  Object.assign(world, { weights: [], value: 50, refusesTheWayBack: false, ran: 0 });
});

const child = (): WorkflowHandle => rig.env.client.workflow.getHandle(`canary/${service}`);

const canaryStage = canaryStageOf(() => service);

/** People are asked before all traffic moves, and two of them must say yes. */
const byTwo = (): Plan =>
  aPlan([
    canaryStage({
      rules: { promote: 'approval', interval_ms: 10 * MINUTE },
      approval: { approvers: ['ada', 'bob', 'eve'], required: 2, timeout_ms: null, on_timeout: 'rollback' },
    }),
  ]);

describe('a promotion that two people must approve', () => {
  it('takes two different ones, and no message to the canary itself', async () => {
    const run = await rig.start(byTwo());
    await rig.env.sleep(BOTH_STEPS);
    await untilStage(run, 'canary', 'awaiting_approval');
    const promote = child().executeUpdate<CanaryView, [object]>('promote', { args: [{ by: 'ada' }] });
    expect(await refusalOf(promote)).toBe(
      `Its promotion takes approvals: sluice approve ${run.workflowId} canary, once it asks for them.`,
    );
    await decide(run, 'approve', { as: 'ada' });
    expect(await refusalOf(decide(run, 'approve', { as: 'ada' }))).toBe(
      '"ada" has already approved stage "canary".',
    );
    expect(world.weights).toEqual([5, 50]);
    await decide(run, 'approve', { as: 'bob', comment: 'me too' });
    const { output } = (await resultOf(run)).stages['canary'] ?? {};
    expect((output as unknown as CanaryReport).decision).toMatchObject({ by: 'people', who: 'bob' });
    expect(world.weights).toEqual([5, 50, 100]);
  });

  it('takes only signatures where the run knows keys', async () => {
    const approval_keys = { ada: publicKeyOf('ada', 'one'), bob: publicKeyOf('bob', 'two') };
    const run = await rig.start(byTwo(), { more: { approval_keys } });
    await rig.env.sleep(BOTH_STEPS);
    await untilStage(run, 'canary', 'awaiting_approval');
    const { runId } = await run.describe();
    const sign = (as: string, secret: string) =>
      signedMessage('approve', { stage: 'canary', as }, { runId, keys: { [as]: secret }, waiting: [] });
    expect(await refusalOf(decide(run, 'approve', { as: 'ada', stage: 'canary' }))).toMatch(
      /^Decisions about this run must be signed/,
    );
    expect(await refusalOf(decide(run, 'approve', sign('ada', 'guess')))).toBe(
      'The signature is not one of "ada" for this decision.',
    );
    await decide(run, 'approve', sign('ada', 'one'));
    await decide(run, 'approve', sign('bob', 'two'));
    expect((await resultOf(run)).status).toBe('succeeded');
    expect(world.weights).toEqual([5, 50, 100]);
  });
});

describe('a canary with a task queue', () => {
  it('is told and measured by the workers of that queue', async () => {
    const elsewhere: string[] = [];
    const noted = Object.entries(stages).map(([name, stage]): [string, FakeStage] => [
      name,
      (task) => {
        elsewhere.push(name);
        return stage(task);
      },
    ]);
    const worker = await Worker.create({
      connection: rig.env.nativeConnection,
      taskQueue: 'elsewhere',
      activities: Object.fromEntries(noted),
    });
    const steps = [
      { weight: 50, soak_ms: MINUTE },
      { weight: 100, soak_ms: 0 },
    ];
    const plan = aPlan([canaryStage({ steps }, { task_queue: 'elsewhere' })]);
    const result = await worker.runUntil(() => rig.run(plan));
    expect(result.status).toBe('succeeded');
    expect(elsewhere).toEqual(['set-weight', ACTIVITY.canaryMeasure, 'set-weight']);
  });
});

describe('a resumed run', () => {
  const plan = (): Plan =>
    aPlan([
      aStage('first', { action: { kind: 'uses', uses: 'count', with: {} } }),
      canaryStage({}, { depends_on: ['first'] }),
      aStage('last', { action: { kind: 'uses', uses: 'count', with: {} }, depends_on: ['canary'] }),
    ]);

  async function resumed(first: WorkflowHandle) {
    const { runId } = await first.describe();
    const run = new RunHandle({ client: rig.env.client }, { workflowId: first.workflowId, runId });
    const planned = await planContinuation({ client: rig.env.client }, run, { how: 'resume' });
    return { planned, result: await resultOf(await rig.start(plan(), { more: planned.input })) };
  }

  it('begins a canary anew that was rolled back, and runs nothing twice that was well', async () => {
    world.value = 1000;
    const first = await rig.start(plan());
    expect((await resultOf(first)).status).toBe('failed');
    expect(world.weights).toEqual([5, 0]);
    world.value = 50;
    const { planned, result } = await resumed(first);
    expect(planned.stages).toMatchObject({
      first: { verdict: 'reuse' },
      canary: { verdict: 'run', reason: 'failed' },
      last: { verdict: 'run' },
    });
    expect(result.status).toBe('succeeded');
    expect(world.weights).toEqual([5, 0, 5, 50, 100]);
    expect(world.ran).toBe(2);
  });
});

describe('a target that refuses the way back', () => {
  it('is asked again until somebody has mended it, and at once after another abort', async () => {
    world.refusesTheWayBack = true;
    const run = await rig.start(aPlan([canaryStage()]));
    const stands = () => child().query<CanaryView>('canary_status');
    await vi.waitFor(async () => expect((await stands()).phase).toBe('soaking'), { timeout: 10_000 });
    const tell = (name: string) =>
      child().executeUpdate<CanaryView, [object]>(name, { args: [{ by: 'ada' }] });
    await tell('abort');
    await rig.env.sleep(2 * MINUTE);
    const { phase, weight, waits_for } = await stands();
    expect([phase, weight]).toEqual(['rolling_back', null]);
    expect(waits_for).toMatch(/to take weight 0, which it refused \d times: HTTP 401: no token; mend that/);
    expect(await refusalOf(tell('promote'))).toMatch(/^It is being rolled back already/);
    world.refusesTheWayBack = false;
    expect((await tell('abort')).phase).toBe('rolling_back');
    const result = await resultOf(run);
    expect(result.stages['canary']).toMatchObject({
      status: 'failed',
      error: { message: 'rolled back: aborted by ada' },
      output: { phase: 'rolled_back', weights: { v1: 100, v2: 0 } },
    });
  });
});
