import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CanaryReport } from '../../../src/engine/canary.js';
import { ACTIVITY } from '../../../src/shared/names.js';
import type { Json } from '../../../src/shared/json.js';
import { aCanaryStage, measuredOf } from '../../support/a-canary.js';
import { aPlan, aStage } from '../../support/a-plan.js';
import { WorkflowRig } from '../../support/workflow-rig.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The traffic of the service, as its target was told, and what is measured of the candidate. */
let weights: number[] = [];
let measure: (evaluation: number, weight: number) => number | null = () => 50;
let evaluations = 0;

let rig: WorkflowRig;
beforeAll(async () => {
  rig = await WorkflowRig.create({
    'set-weight': ({ params }) => {
      weights.push((params as { weight: number }).weight);
      return { output: null };
    },
    [ACTIVITY.canaryMeasure]: () => {
      evaluations += 1;
      return { output: [measuredOf(measure(evaluations, weights.at(-1) ?? 0))] as unknown as Json };
    },
    noop: () => ({ output: null }),
  });
});
afterAll(() => rig.close());
beforeEach(() => {
  weights = [];
  evaluations = 0;
  measure = () => 50;
});

const outputOf = (output: Json | undefined): CanaryReport => output as unknown as CanaryReport;

describe('a canary', () => {
  it('takes all traffic to a good candidate, step by step, and tells of every evaluation', async () => {
    const result = await rig.run(aPlan([aCanaryStage('canary')]));
    expect(result.status).toBe('succeeded');
    expect(weights).toEqual([5, 50, 100]);
    const report = outputOf(result.stages['canary']?.output);
    expect(report).toMatchObject({
      phase: 'promoted',
      decision: { decision: 'promote', by: 'kpis', who: null },
      weights: { v1: 0, v2: 100 },
    });
    expect(report.steps.map(({ weight, status, counts }) => [weight, status, counts.successful])).toEqual([
      [5, 'passed', 10],
      [50, 'passed', 10],
      [100, 'passed', 10],
    ]);
    expect(report.steps[0]?.evaluations[0]?.kpis[0]).toMatchObject({
      name: 'p95',
      candidate: 50,
      baseline: 50,
      margin: 50,
      verdict: 'successful',
    });
  });

  it('rolls a breach back within one interval', async () => {
    measure = (_, weight) => (weight === 50 ? 250 : 50);
    const result = await rig.run(aPlan([aCanaryStage('canary')]));
    expect(weights).toEqual([5, 50, 0]);
    const { status, error, output } = result.stages['canary'] ?? {};
    expect(status).toBe('failed');
    expect(error).toEqual({
      type: 'CanaryRolledBack',
      message: 'rolled back: p95: 250 is over max 100',
      stage: 'canary',
    });
    const report = outputOf(output);
    const step = report.steps.at(-1);
    expect(report.weights).toEqual({ v1: 100, v2: 0 });
    expect(Date.parse(step?.ended_at ?? '') - Date.parse(step?.started_at ?? '')).toBeLessThan(2 * MINUTE);
    expect(evaluations).toBe(11);
  });

  it('takes its steps, its times and its bounds from expressions', async () => {
    const bounded = { ...aCanaryStage('x').action };
    const kpis =
      bounded.kind === 'canary'
        ? bounded.canary.kpis.map((kpi) => ({ ...kpi, max: '${{ variables.max }}' }))
        : [];
    const stage = (interval: string) =>
      aCanaryStage('canary', {
        schedule: { steps: ['${{ variables.first }}', 100], soak: '${{ variables.soak }}', interval },
        kpis,
      });
    const variables = { first: 20, soak: '2h', interval: '1h', max: 60 };
    const result = await rig.run(aPlan([stage('${{ variables.interval }}')], { variables }));
    expect(result.status).toBe('succeeded');
    expect(weights).toEqual([20, 100]);
    const { steps } = outputOf(result.stages['canary']?.output);
    expect(steps.map(({ counts }) => counts.successful)).toEqual([2, 2]);
    expect(steps[0]?.evaluations[0]?.kpis[0]?.margin).toBe(10);

    const wrong = await rig.run(aPlan([stage('3h')], { variables }));
    expect(wrong.stages['canary']?.error).toMatchObject({
      type: 'ValidationError',
      message: expect.stringContaining(
        'the step of 20 percent ends after 2h, before its first evaluation after 3h',
      ),
    });
    const unbounded = await rig.run(aPlan([stage('1h')], { variables: { ...variables, max: 'x' } }));
    expect(unbounded.stages['canary']?.error).toMatchObject({
      type: 'ValidationError',
      message: expect.stringContaining('max of KPI "p95" gave "x", which is no number'),
    });
  });

  it('soaks for days', async () => {
    const steps = [
      { weight: 10, soak_ms: 48 * HOUR },
      { weight: 100, soak_ms: 0 },
    ];
    const result = await rig.run(aPlan([aCanaryStage('canary', { steps, rules: { interval_ms: HOUR } })]));
    expect(outputOf(result.stages['canary']?.output).steps[0]?.counts.successful).toBe(48);
    expect(result.total_duration_ms).toBeGreaterThanOrEqual(48 * HOUR);
    expect(weights).toEqual([10, 100]);
  });

  it('gives its report to hooks also when it was rolled back', async () => {
    measure = () => 250;
    const tell = aStage('tell', {
      action: { kind: 'set', output: '${{ stages.canary.output.decision.reason }}', state: {} },
    });
    const plan = aPlan([aCanaryStage('canary')], {
      hooks: { on_success: [], on_failure: [tell], finally: [] },
    });
    expect((await rig.run(plan)).hooks['tell']?.output).toBe('p95: 250 is over max 100');
  });
});
