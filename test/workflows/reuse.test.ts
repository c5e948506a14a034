import { afterEach, describe, expect, it } from 'vitest';
import type { StagePlan } from '../../src/engine/plan.js';
import type { RunResult, StageResult } from '../../src/engine/result.js';
import type { ReusedRun } from '../../src/engine/reuse.js';
import type { StageTask } from '../../src/shared/task.js';
import { aPlan, aStage } from '../support/a-plan.js';
import { WorkflowRig } from '../support/workflow-rig.js';

let rig: WorkflowRig | null = null;
afterEach(async () => {
  await rig?.close();
  rig = null;
});

const from = { workflow_id: 'example/old', run_id: '0190b2c8-0000-7000-8000-000000000001' };
const reusing = (result: RunResult, ...ids: string[]): ReusedRun => ({
  how: 'resume',
  from,
  stages: ids.map((id) => [id, result.stages[id] as StageResult] as const),
});
const uses = (id: string, name: string, rest: Partial<StagePlan> = {}): StagePlan =>
  aStage(id, { action: { kind: 'uses', uses: name, with: {} }, ...rest });

describe('a run that takes stages over from an earlier one', () => {
  it('runs only the others, and has their outputs, state, metrics and versions as if they had run', async () => {
    const ran: string[] = [];
    rig = await WorkflowRig.create({
      count: (task: StageTask) => {
        ran.push(task.stage.id);
        return {
          output: task.params,
          state: { [task.stage.id]: 1, last: task.stage.id },
          metrics: { done: 1 },
          version: '3',
        };
      },
    });
    const plan = aPlan(
      [
        uses('a', 'count'),
        uses('b', 'count', { depends_on: ['a'] }),
        uses('c', 'count', {
          depends_on: ['b'],
          condition: "stages.b.status == 'succeeded' && state.last == 'b' && metrics.done == 2.0",
        }),
      ],
      { outputs: { last: '${{ state.last }}', done: '${{ metrics.done }}' } },
    );
    const first = await rig.run(plan);
    expect(first.stages['a']).toMatchObject({ versions: { count: '3' }, state: { a: 1, last: 'a' } });
    ran.length = 0;
    const second = await rig.run(plan, { reuse: reusing(first, 'a', 'b') });
    expect(ran).toEqual(['c']);
    expect(second).toMatchObject({
      status: 'succeeded',
      outputs: first.outputs,
      state: first.state,
      metrics: first.metrics,
      executed_stages: ['c'],
      resumed_from: { how: 'resume', ...from },
    });
    expect(second.stages['a']).toMatchObject({
      status: 'reused',
      reused_from: 'example/old',
      attempts: 0,
      versions: { count: '3' },
    });
    const third = await rig.run(plan, { reuse: reusing(second, 'a', 'b', 'c') });
    expect(third.stages['c']?.status).toBe('reused');
    expect(third.outputs).toEqual(first.outputs);
  });

  it('does not run a reused stage again when what it depends on is skipped', async () => {
    const ran: string[] = [];
    rig = await WorkflowRig.create({ echo: (task) => (ran.push(task.stage.id), { output: task.stage.id }) });
    const stages = [
      uses('optional', 'echo', { condition: 'false' }),
      uses('a', 'echo', { depends_on: ['optional'] }),
      uses('b', 'echo', { depends_on: ['a'] }),
    ];
    for (const scheduling of ['dataflow', 'strict'] as const) {
      const plan = aPlan(stages, { scheduling });
      const first = await rig.run(plan);
      ran.length = 0;
      const second = await rig.run(plan, { reuse: reusing(first, 'a') });
      expect(ran).toEqual(['b']);
      expect(second.stages['optional']).toMatchObject({ status: 'skipped', skip_reason: 'condition' });
      expect(second.stages['a']?.status).toBe('reused');
    }
  });

  it('is about the moment that the earlier run was about', async () => {
    rig = await WorkflowRig.create({ when: (task) => ({ output: task.run.scheduled_at }) });
    const plan = aPlan([uses('a', 'when')]);
    const scheduled_at = '2026-01-05T19:00:00.000Z';
    const result = await rig.run(plan, { reuse: { how: 'rerun', from, scheduled_at, stages: [] } });
    expect(result.stages['a']?.output).toBe(scheduled_at);
  });
});
