import type { CanaryInput, CanaryView } from '../../src/engine/canary.js';
import type { CanaryPlan, CanaryRules, KpiRule } from '../../src/engine/canary-plan.js';
import type { StagePlan } from '../../src/engine/plan.js';
import type { KpiMeasurement, KpiReading } from '../../src/shared/canary-task.js';
import { ACTIVITY } from '../../src/shared/names.js';
import { aStage } from './a-plan.js';

const MINUTE = 60_000;

const RULES: CanaryRules = {
  interval_ms: MINUTE,
  window_ms: MINUTE,
  failure_limit: 0,
  inconclusive: 'ask',
  inconclusive_after_ms: 5 * MINUTE,
  promote: 'automatic',
  timeout_ms: null,
};

/** A KPI that must not be over 100. */
export function aKpi(overrides: Partial<KpiRule> = {}): KpiRule {
  return { name: 'p95', min_samples: 0, min: null, max: 100, baseline: null, ...overrides };
}

/** What was measured of a KPI: values of the candidate and of the baseline. */
export function measuredOf(
  candidate: number | null,
  baseline: number | null = 50,
  more: Partial<KpiReading> = {},
): KpiMeasurement {
  return {
    name: 'p95',
    candidate: { value: candidate, samples: null, ...more },
    baseline: { value: baseline, samples: null },
  };
}

/** What the workflow of a canary is given: v1 yields to v2 in steps of 5, 50 and 100 percent, ten minutes each. */
export function aCanaryInput(
  overrides: Partial<CanaryInput> & { readonly with?: Partial<CanaryRules> } = {},
): CanaryInput {
  const { with: rules, ...rest } = overrides;
  const steps = rest.steps ?? [5, 50, 100].map((weight) => ({ weight, soak_ms: 10 * MINUTE }));
  const task = {
    params: {},
    run: {
      id: 'run',
      workflow_id: 'example/run',
      pipeline: 'example',
      version: '1.0.0',
      mode: null,
      attempt: 1,
      started_at: '2026-03-01T10:00:00.000Z',
      scheduled_at: '2026-03-01T10:00:00.000Z',
    },
    stage: { id: 'canary', name: 'canary' },
  };
  const weights = [0, ...steps.map(({ weight }) => weight)];
  return {
    run: { workflow_id: 'example/run', stage: 'canary' },
    service: 'mapper',
    baseline: 'v1',
    candidate: 'v2',
    kpis: [aKpi()],
    people: { approvers: [], timeout_ms: null, on_timeout: 'rollback', by_approval_only: false },
    shift: Object.fromEntries(
      weights.map((weight) => [weight, { type: 'set-weight', task: { ...task, params: { weight } } }]),
    ),
    measure: { type: ACTIVITY.canaryMeasure, task },
    worker: { task_queue: null, priority: null },
    ...rest,
    steps,
    rules: { ...RULES, ...rules },
  };
}

/** A canary in the middle of its second step. */
export function aCanaryView(overrides: Partial<CanaryView> = {}): CanaryView {
  return {
    workflow_id: 'canary/mapper',
    service: 'mapper',
    baseline: 'v1',
    candidate: 'v2',
    phase: 'soaking',
    step: 2,
    steps: 3,
    weight: 50,
    soak_left_ms: 4 * MINUTE,
    waits_for: 'the soak, 4m left',
    question: null,
    paused: null,
    last: {
      at: '2026-03-01T10:15:00.000Z',
      verdict: 'successful',
      kpis: [
        {
          name: 'p95',
          verdict: 'successful',
          candidate: 180.25,
          baseline: 160,
          checks: [],
          margin: 70,
          reason: null,
        },
      ],
    },
    counts: { successful: 12, failed: 0, inconclusive: 0 },
    decision: null,
    ...overrides,
  };
}

/** A stage that moves `mapper` from v1 to v2 by the function `set-weight`. */
export function aCanaryStage(
  id: string,
  overrides: Partial<Omit<CanaryPlan, 'rules'>> & { readonly rules?: Partial<CanaryRules> } = {},
  stage: Partial<StagePlan> = {},
): StagePlan {
  const { rules, ...rest } = overrides;
  return aStage(id, {
    action: {
      kind: 'canary',
      canary: {
        baseline: 'v1',
        candidate: 'v2',
        target: { service: 'mapper', type: 'uses', uses: 'set-weight', with: { weight: '${{ weight }}' } },
        steps: [5, 50, 100].map((weight) => ({ weight, soak_ms: 10 * MINUTE })),
        kpis: [{ ...aKpi(), source: { type: 'uses', uses: 'measure', with: {} } }],
        approval: { approvers: [], required: 1, timeout_ms: null, on_timeout: 'rollback' },
        ...rest,
        rules: { ...RULES, ...rules },
      },
    },
    ...stage,
  });
}

/** The same for the service of the test at hand, as the stage `canary`. */
export function canaryStageOf(service: () => string) {
  return (overrides: Parameters<typeof aCanaryStage>[1] = {}, stage: Partial<StagePlan> = {}): StagePlan => {
    const setWeight = { uses: 'set-weight', with: { weight: '${{ weight }}' } };
    return aCanaryStage(
      'canary',
      { target: { service: service(), type: 'uses', ...setWeight }, ...overrides },
      stage,
    );
  };
}
