import { ApplicationFailure, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CanaryInput, CanaryPhase, CanaryReport } from '../../../src/engine/canary.js';
import type { RunStatus } from '../../../src/engine/result.js';
import type { Json } from '../../../src/shared/json.js';
import { ACTIVITY } from '../../../src/shared/names.js';
import type { CanaryStatus } from '../../../src/workflows/canary/messages.js';
import { aCanaryInput, canaryStageOf, measuredOf } from '../../support/a-canary.js';
import { aPlan, aStage } from '../../support/a-plan.js';
import { untilStage } from '../../support/approvals.js';
import { resultOf } from '../../support/result-of.js';
import { WorkflowRig } from '../../support/workflow-rig.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let weights: number[] = [];
let value: number | null = 50;
/** Weights that the target does not take, for good. */
let refused: readonly number[] = [];
let undone = 0;
let rig: WorkflowRig;

beforeAll(async () => {
  rig = await WorkflowRig.create({
    'set-weight': ({ params }) => {
      const { weight } = params as { weight: number };
      if (refused.includes(weight)) throw ApplicationFailure.nonRetryable('no such version', 'HttpError');
      weights.push(weight);
      return { output: null };
    },
    [ACTIVITY.canaryMeasure]: () => ({ output: [measuredOf(value)] as unknown as Json }),
    'put-back': () => {
      undone += 1;
      return { output: null };
    },
    fail: () => {
      throw ApplicationFailure.nonRetryable('broken', 'Broken');
    },
  });
});
afterAll(() => rig.close());

let service = '';
let tests = 0;
beforeEach(() => {
  tests += 1;
  service = `service-${tests}`;
  weights = [];
  value = 50;
  refused = [];
});

const child = (): WorkflowHandle => rig.env.client.workflow.getHandle(`canary/${service}`);
const canaryStage = canaryStageOf(() => service);

const reaches = (phase: CanaryPhase): Promise<unknown> =>
  vi.waitFor(async () => expect((await child().query<CanaryStatus>('canary_status')).phase).toBe(phase), {
    timeout: 10_000,
    interval: 20,
  });

describe('traffic goes back to the baseline', () => {
  it('when another stage fails and the run stops', async () => {
    const plan = aPlan([
      canaryStage(),
      aStage('nap', { action: { kind: 'sleep', duration: 5 * MINUTE } }),
      aStage('other', { action: { kind: 'uses', uses: 'fail', with: {} }, depends_on: ['nap'] }),
    ]);
    const result = await rig.run(plan);
    expect(result.stages['canary']?.status).toBe('cancelled');
    expect(weights).toEqual([5, 0]);
  });

  it('when the target refuses a step', async () => {
    refused = [50];
    const result = await rig.run(aPlan([canaryStage()]));
    expect(result.stages['canary']?.error?.message).toBe(
      'rolled back: the target did not take weight 50: no such version',
    );
    expect(weights).toEqual([5, 0]);
  });

  it('when it takes longer than it may', async () => {
    const result = await rig.run(aPlan([canaryStage({ rules: { timeout_ms: 15 * MINUTE } })]));
    expect(result.stages['canary']).toMatchObject({
      status: 'timed_out',
      error: { message: 'rolled back: it was not promoted within 15m (canary.timeout)' },
    });
    expect(weights).toEqual([5, 50, 0]);
  });

  it('unless the target does not take it, which is said', async () => {
    refused = [50, 0];
    const result = await rig.run(aPlan([canaryStage()]));
    const { error, output } = result.stages['canary'] ?? {};
    expect(error?.message).toBe(
      'could not be rolled back: the target did not take weight 50: no such version; then the target did not take weight 0: no such version',
    );
    expect(output).toMatchObject({ phase: 'rollback_failed', weights: null });
  });
});

describe('a canary in its run', () => {
  it('refuses a second one of the same service, and goes on itself', async () => {
    const plan = aPlan([canaryStage()]);
    const first = await rig.start(plan);
    await reaches('soaking');
    const second = await rig.run(plan);
    expect(second.stages['canary']?.error).toEqual({
      type: 'ConcurrencyConflict',
      message: `"${service}" is in a canary already, "canary/${service}": wait for its end, or abort it with \`sluice canary abort canary/${service}\``,
      stage: 'canary',
    });
    expect((await resultOf(first)).status).toBe('succeeded');
  });

  it.each([
    ['v1', 'baseline and candidate are both "v1", which has all the traffic already'],
    ['${{ null }}', 'candidate gave no version; a canary needs two of them'],
  ])('fails without touching traffic when the candidate is %s', async (candidate, message) => {
    const result = await rig.run(aPlan([canaryStage({ candidate })]));
    expect(result.stages['canary']?.error).toEqual({ type: 'ValidationError', message, stage: 'canary' });
    expect(weights).toEqual([]);
  });

  it('keeps its weights while the run is paused, and goes on with it', async () => {
    const run = await rig.start(aPlan([canaryStage()]));
    await reaches('soaking');
    await run.executeUpdate('pause', { args: [{ by: 'ada' }] });
    await vi.waitFor(async () =>
      expect((await child().query<CanaryStatus>('canary_status')).paused).toMatchObject({
        by: 'ada',
        of: 'run',
      }),
    );
    const before = weights.length;
    await rig.env.sleep(HOUR);
    expect(weights).toHaveLength(before);
    await run.executeUpdate('unpause', { args: [{ by: 'ada' }] });
    expect((await resultOf(run)).status).toBe('succeeded');
    expect(weights).toEqual([5, 50, 100]);
  });

  it('is held after it was rolled back, and begins anew when a person retries it', async () => {
    value = 1000;
    const hold = { timeout_ms: null, on_timeout: 'fail' as const };
    const run = await rig.start(aPlan([canaryStage({}, { hold })]));
    await rig.env.sleep(5 * MINUTE);
    await untilStage(run, 'canary', 'held');
    expect(weights).toEqual([5, 0]);
    value = 50;
    await run.executeUpdate('retry_stage', { args: [{ by: 'ada', stage: 'canary' }] });
    const result = await resultOf(run);
    expect(result.stages['canary']).toMatchObject({ status: 'succeeded', attempts: 2 });
    expect(weights).toEqual([5, 0, 5, 50, 100]);
  });

  it('is undone when a later stage fails after its promotion', async () => {
    const undo = { action: { kind: 'uses' as const, uses: 'put-back', with: {} } };
    const plan = aPlan([
      canaryStage({}, { undo }),
      aStage('other', { action: { kind: 'uses', uses: 'fail', with: {} }, depends_on: ['canary'] }),
    ]);
    const result = await rig.run(plan);
    expect(result.undone?.['canary']?.status).toBe('succeeded');
    expect(undone).toBe(1);
  });

  it('shows its step, its weight, its KPIs and what it waits for in the status and the details of the run', async () => {
    const run = await rig.start(aPlan([canaryStage()]));
    await rig.env.sleep(11 * MINUTE);
    const { stages } = await run.query<RunStatus>('status');
    expect(stages['canary']?.canary).toMatchObject({
      workflow_id: `canary/${service}`,
      phase: 'soaking',
      step: 2,
      steps: 3,
      weight: 50,
      last: { verdict: 'successful', kpis: [{ candidate: 50, baseline: 50 }] },
    });
    const shown = await run.query<string>('__temporal_workflow_metadata');
    expect(JSON.stringify(shown)).toContain('step 2 of 3 at 50 percent');
    const own = await child().query<string>('__temporal_workflow_metadata');
    expect(JSON.stringify(own)).toContain('| p95 | successful | 50 | 50 | 50 |');
    await child().signal('abort', { by: 'ada' });
    await resultOf(run);
  });
});

describe('a long canary', () => {
  it('goes on in new histories, keeps what it knows, and tells only the first and last evaluations', async () => {
    const steps = [
      { weight: 10, soak_ms: 4 * HOUR },
      { weight: 100, soak_ms: 0 },
    ];
    const input: CanaryInput = aCanaryInput({ steps, continue_at_events: 300 });
    const handle = await rig.startWorkflow('canary', 'canary/long', input);
    const report = (await handle.result()) as CanaryReport;
    expect(report.phase).toBe('promoted');
    expect(report.steps[0]).toMatchObject({ counts: { successful: 240 }, left_out: 190 });
    expect(report.steps[0]?.evaluations).toHaveLength(50);
    expect(weights).toEqual([10, 100]);
    const { historyLength } = await rig.env.client.workflow.getHandle('canary/long').describe();
    expect(historyLength).toBeLessThan(400);
  });

  it('is rolled back in a later history as in the first one', async () => {
    const steps = [{ weight: 10, soak_ms: 4 * HOUR }];
    const handle = await rig.startWorkflow(
      'canary',
      'canary/late',
      aCanaryInput({ steps, continue_at_events: 100 }),
    );
    await rig.env.sleep(HOUR);
    value = 1000;
    const ended = await handle.result().catch((error: unknown) => error);
    expect(ended).toBeInstanceOf(WorkflowFailedError);
    expect(weights).toEqual([10, 0]);
  });
});

// Last: a measurement that is cancelled on its way may stop the clock of the server for good.
describe('traffic goes back to the baseline at last', () => {
  it('when the run is cancelled', async () => {
    const run = await rig.start(aPlan([canaryStage()]));
    await reaches('soaking');
    await run.signal('cancel', { by: 'ada' });
    const result = await resultOf(run);
    expect(result.status).toBe('cancelled');
    expect(result.stages['canary']).toMatchObject({
      status: 'cancelled',
      canary: { phase: 'rolled_back', weight: 0, decision: { by: 'cancellation' } },
    });
    expect(weights.at(-1)).toBe(0);
  });
});
