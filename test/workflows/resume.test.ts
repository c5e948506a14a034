import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunHandle } from '../../src/client/run-handle.js';
import { type ContinueOptions, planContinuation } from '../../src/client/resume/plan-continuation.js';
import type { Plan, StagePlan } from '../../src/engine/plan.js';
import type { Continuation } from '../../src/engine/reuse.js';
import type { StageTask } from '../../src/shared/task.js';
import { aMappedStage } from '../support/a-map.js';
import { aPlan, aStage } from '../support/a-plan.js';
import { untilStage } from '../support/approvals.js';
import { controlledStage } from '../support/controlled-stage.js';
import { resultOf } from '../support/result-of.js';
import { WorkflowRig } from '../support/workflow-rig.js';

const world = { isBroken: true, ran: [] as string[] };
const stage = controlledStage();
let rig: WorkflowRig;

beforeEach(async () => {
  world.isBroken = true;
  world.ran = [];
  rig = await WorkflowRig.create({
    echo: (task) => {
      world.ran.push(task.stage.id);
      return { output: task.params, state: { [task.stage.id]: true }, metrics: { done: 1 }, version: '2' };
    },
    double: (task) => {
      const { n } = task.params as { readonly n: number };
      world.ran.push(`${task.stage.id}/${n}`);
      if (n === 3 && world.isBroken) throw ApplicationFailure.nonRetryable('three', 'Three');
      return { output: n * 2, metrics: { items: 1 } };
    },
    flaky: (task: StageTask) => {
      world.ran.push(task.stage.id);
      if (world.isBroken) throw ApplicationFailure.nonRetryable('broken', 'Broken');
      return { output: task.stage.id };
    },
    hang: stage.hang,
  });
});
afterEach(() => rig.close());

const uses = (id: string, name: string, rest: Partial<StagePlan> = {}): StagePlan =>
  aStage(id, { action: { kind: 'uses', uses: name, with: {} }, ...rest });

async function planOf(handle: WorkflowHandle, how: Continuation, options: ContinueOptions = {}) {
  const description = await handle.describe();
  const run = new RunHandle(
    { client: rig.env.client },
    { workflowId: handle.workflowId, runId: description.runId },
  );
  return planContinuation({ client: rig.env.client }, run, { ...options, how });
}

async function continued(handle: WorkflowHandle, plan: Plan, options: ContinueOptions = {}) {
  const planned = await planOf(handle, 'resume', options);
  return { planned, result: await resultOf(await rig.start(plan, { more: planned.input })) };
}

describe('a resumed run', () => {
  it('runs what failed and the items that did not succeed, and ends as if it had never broken', async () => {
    const child = aPlan([uses('inner', 'echo')], {
      pipeline: 'child',
      outputs: { inner: '${{ stages.inner.status }}' },
    });
    const plan = aPlan(
      [
        uses('load', 'echo'),
        aStage('child', { action: { kind: 'pipeline', pipeline: 'child.yaml', with: {} } }),
        aMappedStage(
          'each',
          'double',
          { on_item_failure: { max_failures: null, max_failure_ratio: null } },
          { depends_on: ['load'] },
        ),
        uses('broken', 'flaky', { depends_on: ['child'] }),
        aStage('sum', {
          depends_on: ['each', 'broken'],
          action: { kind: 'set', output: '${{ stages.each.output }}', state: { sum: '${{ metrics.done }}' } },
        }),
      ],
      {
        failure: 'continue',
        pipelines: { 'child.yaml': child },
        outputs: { all: '${{ stages.sum.output }}' },
      },
    );
    const first = await rig.start(plan);
    expect((await resultOf(first)).status).toBe('failed');
    world.isBroken = false;
    world.ran = [];
    const { planned, result } = await continued(first, plan, { versions: new Map([['echo', '2']]) });
    expect(planned.stages).toMatchObject({
      load: { verdict: 'reuse' },
      child: { verdict: 'reuse' },
      each: { verdict: 'run', reason: 'items', items: { reuse: 4, run: 1 } },
      broken: { verdict: 'run', reason: 'failed' },
      sum: { verdict: 'run', reason: 'upstream' },
    });
    expect(world.ran.toSorted()).toEqual(['broken', 'each/3']);
    world.ran = [];
    const fresh = await rig.run(plan);
    expect(world.ran).toHaveLength(8);
    expect(result).toMatchObject({ status: 'succeeded', outputs: { all: [0, 2, 4, 6, 8] } });
    const seen = ({ outputs, state, metrics }: typeof fresh) => ({
      outputs,
      state,
      metrics,
    });
    expect(seen(result)).toEqual(seen(fresh));
    const newer = await planOf(first, 'resume', { versions: new Map([['echo', '3']]) });
    expect(newer.stages).toMatchObject({ load: { reason: 'version' }, child: { reason: 'version' } });
  });

  it('goes on where a run was cancelled, also when no worker is left that could tell', async () => {
    const plan = aPlan([uses('load', 'echo'), uses('slow', 'hang', { depends_on: ['load'] })]);
    const first = await rig.start(plan);
    await stage.arrival('slow');
    await expect(planOf(first, 'resume')).rejects.toMatchObject({ code: 'run_not_ended' });
    expect((await planOf(first, 'fork')).stages).toMatchObject({
      load: { verdict: 'reuse' },
      slow: { verdict: 'run', reason: 'never_ran' },
    });
    await first.cancel();
    await resultOf(first);
    const planned = await planOf(first, 'resume');
    expect(planned.stages).toMatchObject({
      load: { verdict: 'reuse' },
      slow: { verdict: 'run', reason: 'cancelled' },
    });
    await rig.stopWorker();
    expect(await planOf(first, 'resume')).toEqual(planned);
  });

  it('takes back what terminated runs left over when it does not succeed either, and a fork leaves that alone', async () => {
    const load = uses('load', 'echo', { undo: { action: { kind: 'uses', uses: 'echo', with: {} } } });
    const broken = uses('broken', 'flaky', { depends_on: ['slow'] });
    const plan = aPlan([load, uses('slow', 'hang', { depends_on: ['load'] }), broken]);
    const first = await rig.start(plan);
    await stage.arrival('slow');
    await first.terminate();
    expect((await planOf(first, 'fork')).input.reuse).not.toHaveProperty('left_over');
    const again = await planOf(first, 'resume');
    const second = await rig.start(plan, { more: again.input });
    await untilStage(second, 'slow', 'running');
    await second.terminate();
    world.ran = [];
    const quick = aPlan([load, uses('slow', 'echo', { depends_on: ['load'] }), broken]);
    const changed = await planOf(second, 'resume', { definition: quick });
    const third = await rig.start(quick, { more: changed.input });
    const result = await resultOf(third);
    expect(result).toMatchObject({ status: 'failed', stages: { load: { status: 'reused' } } });
    expect(world.ran).toEqual(['slow', 'broken', 'load.undo']);
    expect((await planOf(third, 'resume')).stages).toMatchObject({ load: { reason: 'undone' } });
  });
});
