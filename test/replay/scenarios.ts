import { ApplicationFailure } from '@temporalio/common';
import type { Plan, StagePlan } from '../../src/engine/plan.js';
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
  'concurrency-group': aPlan([uses('a', 'echo')], {
    concurrency: { group: 'only-one', on_conflict: 'queue' },
  }),
};

export const STAGES: Readonly<Record<string, FakeStage>> = {
  echo: (task) => ({ output: task.stage.id, metrics: { rows: 1 }, state: { [task.stage.id]: true } }),
  fail: (task) => {
    throw ApplicationFailure.nonRetryable(`broken ${task.stage.id}`, 'Broken');
  },
};

function uses(id: string, name: string, overrides: Partial<StagePlan> = {}): StagePlan {
  return aStage(id, { action: { kind: 'uses', uses: name, with: {} }, ...overrides });
}
