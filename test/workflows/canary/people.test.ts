import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CanaryPhase, CanaryReport, CanaryView } from '../../../src/engine/canary.js';
import type { RunStatus } from '../../../src/engine/result.js';
import type { Json } from '../../../src/shared/json.js';
import { ACTIVITY } from '../../../src/shared/names.js';
import { aCanaryStage, measuredOf } from '../../support/a-canary.js';
import { aPlan } from '../../support/a-plan.js';
import { decide, refusalOf, untilStage } from '../../support/approvals.js';
import { resultOf } from '../../support/result-of.js';
import { WorkflowRig } from '../../support/workflow-rig.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Longer than the steps below all traffic take together. */
const BOTH_STEPS = 25 * MINUTE;
/** Longer than a step may be inconclusive. */
const PATIENCE = 7 * MINUTE;

let weights: number[] = [];
let value: number | null = 50;
let rig: WorkflowRig;

beforeAll(async () => {
  rig = await WorkflowRig.create({
    'set-weight': ({ params }) => {
      weights.push((params as { weight: number }).weight);
      return { output: null };
    },
    [ACTIVITY.canaryMeasure]: () => ({ output: [measuredOf(value)] as unknown as Json }),
  });
});
afterAll(() => rig.close());
beforeEach(() => {
  tests += 1;
  service = `service-${tests}`;
  weights = [];
  value = 50;
});

/** Each test has a service of its own, so that what one leaves behind is in nobody's way. */
let service = '';
let tests = 0;

const child = (): WorkflowHandle => rig.env.client.workflow.getHandle(`canary/${service}`);

type Overrides = Parameters<typeof aCanaryStage>[1];

const planOf = (overrides: Overrides = {}) =>
  aPlan([
    aCanaryStage('canary', {
      target: { service, type: 'uses', uses: 'set-weight', with: { weight: '${{ weight }}' } },
      ...overrides,
    }),
  ]);

const reaches = (phase: CanaryPhase): Promise<unknown> =>
  vi.waitFor(async () => expect((await child().query<CanaryView>('canary_status')).phase).toBe(phase), {
    timeout: 10_000,
    interval: 20,
  });

const tell = (name: string, message: object): Promise<CanaryView> =>
  child().executeUpdate<CanaryView, [object]>(name, { args: [message] });

const reportOf = (result: Awaited<ReturnType<typeof resultOf>>): CanaryReport =>
  result.stages['canary']?.output as unknown as CanaryReport;

describe('a canary that is promoted by approval', () => {
  const plan = (timeout_ms: number | null = null, on_timeout: 'rollback' | 'promote' = 'rollback') =>
    planOf({
      rules: { promote: 'approval', interval_ms: 10 * MINUTE },
      approval: { approvers: ['ada', 'bob'], required: 1, timeout_ms, on_timeout },
    });

  it('waits below all traffic until somebody approves the stage as any other', async () => {
    const run = await rig.start(plan());
    await rig.env.sleep(BOTH_STEPS);
    await untilStage(run, 'canary', 'awaiting_approval');
    expect(weights).toEqual([5, 50]);
    const { stages } = await run.query<RunStatus>('status');
    expect(stages['canary']).toMatchObject({
      approval: { message: `Send all traffic of "${service}" to "v2"? All steps before have passed.` },
      canary: { phase: 'awaiting_promotion', weight: 50 },
    });
    await decide(run, 'approve', { as: 'ada', comment: 'looks good' });
    const report = reportOf(await resultOf(run));
    expect(report.decision).toMatchObject({
      decision: 'promote',
      by: 'people',
      who: 'ada',
      reason: 'looks good',
    });
    expect(weights).toEqual([5, 50, 100]);
  });

  it('is rolled back when somebody rejects', async () => {
    const run = await rig.start(plan());
    await rig.env.sleep(BOTH_STEPS);
    await untilStage(run, 'canary', 'awaiting_approval');
    await decide(run, 'reject', { as: 'bob', comment: 'not today' });
    const result = await resultOf(run);
    expect(result.stages['canary']?.error?.message).toBe('rolled back: aborted by bob: not today');
    expect(weights).toEqual([5, 50, 0]);
  });

  it('takes the promotion of nobody who is not asked, and then that of one who is', async () => {
    const run = await rig.start(plan());
    await rig.env.sleep(BOTH_STEPS);
    await reaches('awaiting_promotion');
    expect(await refusalOf(tell('promote', { by: 'eve' }))).toBe(
      '"eve" is not among those who may promote it: ada, bob.',
    );
    await tell('promote', { by: 'ada' });
    expect(reportOf(await resultOf(run)).decision).toMatchObject({ by: 'people', who: 'ada' });
  });

  it('is rolled back when nobody decides in time', async () => {
    const result = await rig.run(plan(26 * HOUR));
    expect(result.stages['canary']).toMatchObject({
      status: 'timed_out',
      error: { message: 'rolled back: nobody decided within 1d2h (approval.timeout)' },
    });
    expect(weights).toEqual([5, 50, 0]);
  });

  it('is promoted when nobody decides in time and the definition says so', async () => {
    const report = reportOf(await rig.run(plan(HOUR, 'promote')));
    expect(report).toMatchObject({ phase: 'promoted', decision: { by: 'timeout' } });
  });

  it('goes on measuring while it waits, and rolls a breach back', async () => {
    const run = await rig.start(plan(48 * HOUR));
    await rig.env.sleep(BOTH_STEPS);
    await reaches('awaiting_promotion');
    value = 1000;
    const result = await resultOf(run);
    expect(result.stages['canary']?.error?.message).toBe('rolled back: p95: 1000 is over max 100');
  });
});

describe('a canary whose KPIs say nothing', () => {
  it('asks a person, and takes the step as passed when that one approves', async () => {
    value = null;
    const run = await rig.start(planOf());
    await rig.env.sleep(PATIENCE);
    await untilStage(run, 'canary', 'awaiting_approval');
    const { stages } = await run.query<RunStatus>('status');
    expect(stages['canary']?.approval?.message).toBe(
      'Step 1 at 5 percent is inconclusive for 5m: p95: candidate: no value. Take it as passed?',
    );
    value = 50;
    await decide(run, 'approve', { as: 'ada' });
    expect(reportOf(await resultOf(run))).toMatchObject({ phase: 'promoted', decision: { by: 'kpis' } });
  });

  it('needs no person any more once they say something again', async () => {
    value = null;
    const run = await rig.start(planOf());
    await rig.env.sleep(PATIENCE);
    await reaches('asking');
    value = 50;
    const report = reportOf(await resultOf(run));
    expect(report.phase).toBe('promoted');
    expect(report.steps[0]?.counts.inconclusive).toBeGreaterThan(5);
  });

  it('is rolled back when nobody decides in time', async () => {
    value = null;
    const approval = { approvers: [], required: 1, timeout_ms: 24 * HOUR, on_timeout: 'rollback' as const };
    const result = await rig.run(planOf({ approval, rules: { interval_ms: 10 * MINUTE } }));
    expect(result.stages['canary']?.status).toBe('timed_out');
    expect(weights).toEqual([5, 0]);
  });

  it.each([
    ['fail', 'failed', [5, 0]],
    ['pass', 'succeeded', [5, 50, 100]],
  ] as const)('follows the policy %s', async (inconclusive, status, expected) => {
    value = null;
    const result = await rig.run(planOf({ rules: { inconclusive } }));
    expect(result.stages['canary']?.status).toBe(status);
    expect(weights).toEqual(expected);
  });
});

describe('a person', () => {
  it('aborts a canary, by update or by signal, with a reason', async () => {
    for (const how of ['update', 'signal']) {
      service = `aborted-by-${how}`;
      const run = await rig.start(planOf());
      await reaches('soaking');
      const message = { by: 'ada', reason: 'customers call' };
      if (how === 'update') await tell('abort', message);
      else await child().signal('abort', message);
      const result = await resultOf(run);
      expect(result.stages['canary']?.error?.message).toBe('rolled back: aborted by ada: customers call');
      expect(weights.at(-1)).toBe(0);
    }
  });

  it('promotes a canary before its steps have passed', async () => {
    const run = await rig.start(planOf());
    await reaches('soaking');
    await tell('promote', { by: 'ada', reason: 'hotfix' });
    const report = reportOf(await resultOf(run));
    expect(report.decision).toMatchObject({ by: 'people', who: 'ada', reason: 'hotfix' });
    expect(weights.at(-1)).toBe(100);
    expect(weights.length).toBeLessThan(4);
  });

  it('pauses a canary, which keeps its weights and still rolls a breach back', async () => {
    const run = await rig.start(planOf());
    await reaches('soaking');
    await tell('pause', { by: 'ada', reason: 'lunch' });
    const kept = weights.length;
    await rig.env.sleep(HOUR);
    expect(weights).toHaveLength(kept);
    expect(await refusalOf(tell('pause', { by: 'bob' }))).toMatch(
      /^It is paused already, since .* by ada\.$/,
    );
    await tell('resume', { by: 'bob' });
    await rig.env.sleep(MINUTE);
    await tell('pause', { by: 'ada' });
    value = 1000;
    const result = await resultOf(run);
    expect(result.stages['canary']?.error?.message).toBe('rolled back: p95: 1000 is over max 100');
  });

  it('is told what is wrong with a message, and one that comes by signal leaves a note', async () => {
    const run = await rig.start(planOf());
    await reaches('soaking');
    expect(await refusalOf(tell('resume', { by: 'ada' }))).toBe(
      'It is neither paused nor in doubt about a step.',
    );
    expect(await refusalOf(tell('promote', { step: true }))).toBe(
      'The message does not say who sends it: give a name in `by`.',
    );
    await child().signal('resume', { by: 'ada' });
    await child().signal('abort', { by: 'ada' });
    const report = reportOf(await resultOf(run));
    expect(report.notes[0]).toMatch(/resume was refused: It is neither paused nor in doubt about a step\.$/);
    expect(report.notes[1]).toMatch(/aborted by ada$/);
  });
});
