import { ApplicationFailure } from '@temporalio/common';
import { afterEach, describe, expect, it } from 'vitest';
import type { StagePlan } from '../../src/engine/plan.js';
import type { FallbackPlan } from '../../src/engine/stage-extras.js';
import { ACTIVITY } from '../../src/shared/names.js';
import { aPlan, aStage } from '../support/a-plan.js';
import { controlledStage } from '../support/controlled-stage.js';
import { resultOf } from '../support/result-of.js';
import { type FakeStage, WorkflowRig } from '../support/workflow-rig.js';

let rig: WorkflowRig | null = null;
afterEach(async () => {
  await rig?.close();
  rig = null;
});

const uses = (id: string, name: string, overrides: Partial<StagePlan> = {}): StagePlan =>
  aStage(id, { action: { kind: 'uses', uses: name, with: {} }, ...overrides });

const broken: FakeStage = () => {
  throw ApplicationFailure.nonRetryable('broken', 'Broken');
};
const echo: FakeStage = ({ params }) => ({ output: params });

describe('a stage with a fallback', () => {
  const withFallback = (fallback: FallbackPlan, name = 'broken') => uses('load', name, { fallback });
  const next = aStage('next', {
    depends_on: ['load'],
    action: { kind: 'set', output: '${{ stages.load.output }}', state: {} },
  });

  it('gives the value when it is out of attempts, and the run is a partial success', async () => {
    rig = await WorkflowRig.create({ broken });
    const fallback: FallbackPlan = { type: 'value', value: { rows: '${{ inputs.rows }}' } };
    const plan = aPlan([withFallback(fallback), next], {
      inputs: { rows: { type: 'integer', required: false, default: 7 } },
    });
    const result = await rig.run(plan);
    expect(result).toMatchObject({ status: 'succeeded', success: true, partial: true, failed_stages: [] });
    expect(result.stages['load']).toMatchObject({
      status: 'reused',
      fallback: 'value',
      output: { rows: 7 },
      reused_from: 'fallback value',
      error: { type: 'Broken', message: 'broken' },
    });
    expect(result.stages['next']?.output).toEqual({ rows: 7 });
  });

  it('is an ordinary success when nothing fails', async () => {
    rig = await WorkflowRig.create({ echo });
    const result = await rig.run(aPlan([withFallback({ type: 'value', value: 1 }, 'echo')]));
    expect(result).toMatchObject({ status: 'succeeded', partial: false });
    expect(result.stages['load']).toMatchObject({ status: 'succeeded', error: null });
    expect(result.stages['load']).not.toHaveProperty('fallback');
  });

  it('asks another function, whose state and metrics count', async () => {
    rig = await WorkflowRig.create({
      broken,
      spare: ({ params }) => ({ output: params, state: { source: 'spare' }, metrics: { rows: 2 } }),
    });
    const result = await rig.run(
      aPlan([withFallback({ type: 'uses', uses: 'spare', with: { day: '${{ run.pipeline }}' } })]),
    );
    expect(result).toMatchObject({ partial: true, state: { source: 'spare' }, metrics: { rows: 2 } });
    expect(result.stages['load']).toMatchObject({
      output: { day: 'example' },
      reused_from: 'fallback spare',
    });
  });

  it('takes the newest success of the stage and names the run it is from', async () => {
    rig = await WorkflowRig.create({
      broken,
      [ACTIVITY.lastSuccess]: ({ params }) => ({
        output: { output: params, workflow_id: 'example/earlier', run_id: 'r' },
      }),
    });
    const result = await rig.run(aPlan([withFallback({ type: 'last_success', max_age_ms: 60_000 })]));
    expect(result.stages['load']).toMatchObject({
      status: 'reused',
      reused_from: 'example/earlier',
      output: { pipeline: 'example', stage: 'load', max_age_ms: 60_000 },
    });
  });

  it('fails with both errors when the fallback fails too', async () => {
    rig = await WorkflowRig.create({
      broken,
      [ACTIVITY.lastSuccess]: () => {
        throw ApplicationFailure.nonRetryable('nothing there', 'NoEarlierSuccess');
      },
    });
    const result = await rig.run(aPlan([withFallback({ type: 'last_success', max_age_ms: null }), next]));
    expect(result).toMatchObject({ status: 'failed', failed_stages: ['load'] });
    expect(result.error).toMatchObject({
      type: 'Broken',
      message: 'broken; its fallback also failed: nothing there',
    });
  });

  it('fails when an expression of the fallback cannot be evaluated', async () => {
    rig = await WorkflowRig.create({ broken });
    const result = await rig.run(
      aPlan([withFallback({ type: 'value', value: '${{ state.missing.deep }}' })]),
    );
    expect(result.stages['load']?.error?.message).toContain('its fallback also failed');
  });
});

describe('a run that does not succeed', () => {
  const undo = (name: string, id: string): Pick<StagePlan, 'undo'> => ({
    undo: { action: { kind: 'uses', uses: name, with: { id: `\${{ stages.${id}.output.id }}` } } },
  });

  it('takes back what succeeded in reverse order of completion, before its hooks, and says what worked', async () => {
    const calls: string[] = [];
    rig = await WorkflowRig.create({
      make: ({ stage }) => ({ output: { id: `${stage.id}-id` } }),
      drop: ({ params, stage }) => {
        calls.push(`${stage.id} ${JSON.stringify(params)}`);
        if (stage.id === 'b.undo') throw ApplicationFailure.nonRetryable('still in use', 'InUse');
        return { output: 'dropped' };
      },
      note: () => {
        calls.push('hook');
        return { output: null };
      },
      broken,
    });
    const result = await rig.run(
      aPlan(
        [
          uses('a', 'make', undo('drop', 'a')),
          uses('b', 'make', { depends_on: ['a'], ...undo('drop', 'b') }),
          uses('plain', 'make', { depends_on: ['b'] }),
          uses('c', 'make', { depends_on: ['plain'], ...undo('drop', 'c') }),
          uses('bad', 'broken', { depends_on: ['c'], ...undo('drop', 'a') }),
        ],
        { hooks: { on_success: [], on_failure: [uses('mail', 'note')], finally: [] } },
      ),
    );
    expect(calls).toEqual(['c.undo {"id":"c-id"}', 'b.undo {"id":"b-id"}', 'a.undo {"id":"a-id"}', 'hook']);
    expect(Object.keys(result.undone ?? {})).toEqual(['c', 'b', 'a']);
    expect(result.undone?.['b']).toMatchObject({ status: 'failed', error: { type: 'InUse' } });
    expect(result.undone?.['a']).toMatchObject({ status: 'succeeded', output: 'dropped' });
    expect(result.error).toMatchObject({ stage: 'bad' });
  });

  it('takes back what succeeded after a cancellation, out of its reach', async () => {
    const stage = controlledStage();
    rig = await WorkflowRig.create({
      hang: stage.hang,
      make: () => ({ output: { id: 1 } }),
      drop: () => ({ output: null }),
    });
    const plan = aPlan([
      uses('a', 'make', undo('drop', 'a')),
      uses('slow', 'hang', { depends_on: ['a'], ...undo('drop', 'a') }),
    ]);
    const handle = await rig.start(plan);
    await stage.arrival('slow');
    await handle.cancel();
    const result = await resultOf(handle);
    expect(result.status).toBe('cancelled');
    expect(result.undone).toMatchObject({ a: { status: 'succeeded' } });
    expect(result.undone).not.toHaveProperty('slow');
  });

  it('takes nothing back when it succeeds, nor what a fallback gave', async () => {
    rig = await WorkflowRig.create({ broken, make: () => ({ output: { id: 1 } }) });
    const fine = await rig.run(aPlan([uses('a', 'make', undo('drop', 'a'))]));
    expect(fine).not.toHaveProperty('undone');
    const failed = await rig.run(
      aPlan([
        uses('a', 'broken', { fallback: { type: 'value', value: { id: 1 } }, ...undo('drop', 'a') }),
        uses('bad', 'broken', { depends_on: ['a'] }),
      ]),
    );
    expect(failed.status).toBe('failed');
    expect(failed).not.toHaveProperty('undone');
  });
});
