import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { CanaryInput } from '../../src/engine/canary.js';
import type { Plan, StagePlan } from '../../src/engine/plan.js';
import type { Json } from '../../src/shared/json.js';
import { ACTIVITY, CANARY_WORKFLOW, MODEL_WORKFLOW, modelWorkflowId } from '../../src/shared/names.js';
import { aCanaryInput, aCanaryStage, aKpi, measuredOf } from '../support/a-canary.js';
import { aMove, aVersion } from '../support/a-model.js';
import { aPlan, aStage } from '../support/a-plan.js';
import type { FakeStage } from '../support/workflow-rig.js';

/** Runs whose histories are kept for each release: between them they use every command that a run can give. */
export const SCENARIOS: Readonly<Record<string, Plan>> = {
  'chain-and-outputs': aPlan(
    [
      uses('a', 'echo'),
      uses('b', 'echo', { depends_on: ['a'], condition: 'stages.a.status == "succeeded"' }),
    ],
    { outputs: { last: '${{ stages.b.output }}' } },
  ),
  'instant-stages': aPlan([
    aStage('values', { action: { kind: 'set', output: { n: '${{ 40 + 2 }}' }, state: { ready: true } } }),
    aStage('check', {
      depends_on: ['values'],
      action: {
        kind: 'gate',
        checks: [{ name: 'answer', assert: 'stages.values.output.n == 42' }],
        min_pass_rate: 1,
      },
    }),
    uses('after', 'echo', { depends_on: ['check'] }),
  ]),
  'failure-with-hooks': aPlan([uses('bad', 'fail'), uses('later', 'echo', { depends_on: ['bad'] })], {
    hooks: { on_success: [], on_failure: [uses('tell', 'echo')], finally: [uses('clean', 'echo')] },
  }),
  'strict-levels': aPlan(
    [
      uses('a', 'echo'),
      uses('b', 'echo'),
      uses('c', 'echo', { depends_on: ['a'] }),
      uses('d', 'echo', { depends_on: ['b'] }),
    ],
    { scheduling: 'strict', max_parallel_stages: 1 },
  ),
  timers: aPlan([
    aStage('nap', { action: { kind: 'sleep', duration: 3_600_000 } }),
    aStage('past', { action: { kind: 'until', time: '2020-01-01T00:00:00Z' } }),
  ]),
  'run-timeout': aPlan([aStage('nap', { action: { kind: 'sleep', duration: 86_400_000 } })], {
    timeout_ms: 60_000,
  }),
  'local-activity': aPlan([uses('quick', 'echo', { mode: 'local' })]),
  'child-pipeline': aPlan([aStage('sub', { action: { kind: 'pipeline', pipeline: 'child', with: {} } })], {
    pipelines: { child: aPlan([uses('inner', 'echo')], { pipeline: 'child' }) },
  }),
  'canary-stage': aPlan([
    aCanaryStage('canary', {
      kpis: [{ ...aKpi({ max: 1000 }), source: { type: 'uses', uses: 'measure', with: {} } }],
    }),
    uses('after', 'echo', { depends_on: ['canary'] }),
  ]),
  'concurrency-group': aPlan([uses('a', 'echo')], {
    concurrency: { group: 'only-one', on_conflict: 'queue' },
  }),
};

/** Workflows of other types than a run, and what is done to them. */
export const WORKFLOWS: Readonly<Record<string, RecordedWorkflow>> = {
  'canary-promoted': {
    type: CANARY_WORKFLOW,
    id: 'canary/promoted',
    input: canary('good'),
    play: (handle) => handle.result(),
  },
  'canary-rolled-back': {
    type: CANARY_WORKFLOW,
    id: 'canary/rolled-back',
    input: canary('bad'),
    play: (handle) => handle.result().catch(() => undefined),
  },
  model: {
    type: MODEL_WORKFLOW,
    id: modelWorkflowId('recorded'),
    input: { model: 'recorded' },
    play: async (handle) => {
      const tell = (update: string, message: object): Promise<unknown> =>
        handle.executeUpdate(update, { args: [message] });
      await tell('register_version', aVersion('1'));
      await tell('register_version', aVersion('2'));
      await tell('move_alias', aMove('production', '1'));
      await tell('move_alias', aMove('canary', '2'));
      await tell('move_alias', aMove('production', '2'));
      await tell('roll_back_alias', { alias: 'production', by: 'ada', reason: 'alarms' });
      await tell('mark_version', { version: '2', status: 'failed', by: 'ada', reason: 'alarms' });
    },
  },
};

export type RecordedWorkflow = {
  readonly type: string;
  readonly id: string;
  readonly input: unknown;
  readonly play: (handle: WorkflowHandle) => Promise<unknown>;
};

export const STAGES: Readonly<Record<string, FakeStage>> = {
  echo: (task) => ({ output: task.stage.id, metrics: { rows: 1 }, state: { [task.stage.id]: true } }),
  'set-weight': () => ({ output: null }),
  [ACTIVITY.canaryMeasure]: ({ params }) => {
    const samples = { samples: 100 };
    const value = params === 'good' ? 50 : 500;
    return { output: [measuredOf(value, 50, samples)] as unknown as Json };
  },
  fail: (task) => {
    throw ApplicationFailure.nonRetryable(`broken ${task.stage.id}`, 'Broken');
  },
};

/** Two steps, each with looks and evaluations. What it measures is said by the params of its activity. */
function canary(quality: 'good' | 'bad'): CanaryInput {
  const steps = [
    { weight: 50, soak_ms: 120_000 },
    { weight: 100, soak_ms: 0 },
  ];
  const input = aCanaryInput({ steps, kpis: [aKpi({ min_samples: 10 })], roll_back_for_ms: 3_600_000 });
  const measure = { ...input.measure, task: { ...input.measure.task, params: quality } };
  return { ...input, measure, measures: { 15: measure, 30: measure, 45: measure } };
}

function uses(id: string, name: string, overrides: Partial<StagePlan> = {}): StagePlan {
  return aStage(id, { action: { kind: 'uses', uses: name, with: {} }, ...overrides });
}
