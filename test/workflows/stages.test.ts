import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApplicationFailure } from '@temporalio/common';
import { aPlan, aStage } from '../support/a-plan.js';
import { resultOf } from '../support/result-of.js';
import { WorkflowRig } from '../support/workflow-rig.js';
import type { StagePlan } from '../../src/engine/plan.js';
import type { RunResult, RunStatus } from '../../src/engine/result.js';
import type { StageTask } from '../../src/shared/task.js';

const order: string[] = [];
let rig: WorkflowRig;

beforeAll(async () => {
  rig = await WorkflowRig.create({
    echo: (task: StageTask) => {
      order.push(`${task.run.pipeline}:${task.stage.id}`);
      return { output: task.params };
    },
    fail: (task: StageTask) => {
      throw ApplicationFailure.nonRetryable(`broken ${task.stage.id}`, 'Broken');
    },
    flaky: (task: StageTask) => {
      const key = `${task.run.workflow_id}:${task.stage.id}`;
      order.push(key);
      if (order.filter((entry) => entry === key).length < 3) throw new Error('not yet');
      return { output: 'at last', attempt: 3 };
    },
    'sluice.probe': (task: StageTask) => {
      const key = `${task.run.workflow_id}:${task.stage.id}`;
      order.push(key);
      const tries = order.filter((entry) => entry === key).length;
      if (task.stage.id === 'never' || tries < 4) throw ApplicationFailure.retryable('not yet', 'NotReady');
      return { output: { ready: true }, attempt: tries };
    },
    counter: () => ({ output: null, state: { seen: true }, metrics: { rows: 5 } }),
  });
});
afterAll(() => rig.close());

const echo = (
  id: string,
  overrides: Partial<StagePlan> = {},
  params: StagePlan['action'] | null = null,
): StagePlan =>
  aStage(id, { action: params ?? { kind: 'uses', uses: 'echo', with: { from: id } }, ...overrides });
const uses = (id: string, name: string, overrides: Partial<StagePlan> = {}): StagePlan =>
  aStage(id, { action: { kind: 'uses', uses: name, with: {} }, ...overrides });

describe('a run', () => {
  it('passes outputs to dependents and resolves its own outputs', async () => {
    const plan = aPlan(
      [
        echo('first'),
        echo(
          'second',
          { depends_on: ['first'] },
          { kind: 'uses', uses: 'echo', with: { got: '${{ stages.first.output.from }}' } },
        ),
      ],
      { outputs: { last: '${{ stages.second.output.got }}' } },
    );
    const result = await rig.run(plan);
    expect(result).toMatchObject({
      status: 'succeeded',
      success: true,
      partial: false,
      outputs: { last: 'first' },
    });
    expect(result.executed_stages).toEqual(['first', 'second']);
    expect(result.stages['second']).toMatchObject({ status: 'succeeded', wave: 2, attempts: 1 });
  });

  it('leaves a summary of its stages in its memo', async () => {
    const handle = await rig.start(aPlan([uses('once', 'flaky'), uses('rows', 'counter')]));
    await handle.result();
    expect((await handle.describe()).memo?.['summary']).toMatchObject({
      status: 'succeeded',
      retries: 2,
      counts: { succeeded: 2 },
      metrics: { rows: 5 },
      stages: { once: { attempts: 3 }, rows: { metrics: { rows: 5 } } },
    });
  });

  it('retries a stage that fails and tells how often it tried', async () => {
    const result = await rig.run(aPlan([uses('once', 'flaky')]));
    expect(result.stages['once']).toMatchObject({ status: 'succeeded', attempts: 3, output: 'at last' });
  });

  it('fails with the stage at fault and skips what depends on it', async () => {
    const result = await rig.run(aPlan([uses('bad', 'fail'), echo('after', { depends_on: ['bad'] })]));
    expect(result).toMatchObject({
      status: 'failed',
      success: false,
      failed_stages: ['bad'],
      skipped_stages: ['after'],
    });
    expect(result.error).toEqual({ type: 'Broken', message: 'broken bad', stage: 'bad' });
    expect(result.stages['after']).toMatchObject({
      status: 'skipped',
      skip_reason: 'upstream',
      output: null,
    });
  });

  it('goes on past a failure that the definition tolerates and calls the run partial', async () => {
    const result = await rig.run(
      aPlan([
        uses('bad', 'fail', { continue_on_error: true }),
        echo(
          'after',
          { depends_on: ['bad'] },
          { kind: 'uses', uses: 'echo', with: { saw: '${{ stages.bad.status }}' } },
        ),
      ]),
    );
    expect(result).toMatchObject({ status: 'succeeded', partial: true, failed_stages: ['bad'] });
    expect(result.stages['after']?.output).toEqual({ saw: 'failed' });
  });

  it('merges state and metrics and shows them to conditions', async () => {
    const result = await rig.run(
      aPlan([
        uses('count', 'counter'),
        echo('yes', { depends_on: ['count'], condition: 'state.seen == true && metrics.rows == 5' }),
        echo('no', { depends_on: ['count'], condition: 'stages.count.metrics.rows > 5' }),
        echo('after-no', { depends_on: ['no'] }),
      ]),
    );
    expect(result.state).toEqual({ seen: true });
    expect(result.metrics).toEqual({ rows: 5 });
    expect(result.stages['yes']?.status).toBe('succeeded');
    expect(result.stages['no']).toMatchObject({ status: 'skipped', skip_reason: 'condition' });
    expect(result.stages['after-no']?.status).toBe('succeeded');
  });

  it('computes set and gate stages without an activity', async () => {
    const result = await rig.run(
      aPlan([
        aStage('values', {
          action: { kind: 'set', output: { twice: '${{ 2 * 4 }}' }, state: { ready: true } },
        }),
        aStage('good', {
          depends_on: ['values'],
          action: {
            kind: 'gate',
            checks: [{ name: 'eight', assert: 'stages.values.output.twice == 8' }],
            min_pass_rate: 1,
          },
        }),
        aStage('bad', {
          depends_on: ['good'],
          action: {
            kind: 'gate',
            checks: [{ name: 'nine', assert: 'stages.values.output.twice == 9' }],
            min_pass_rate: 1,
          },
        }),
      ]),
    );
    expect(result.stages['good']?.output).toMatchObject({ passed: true, pass_rate: 1 });
    expect(result.stages['bad']).toMatchObject({ status: 'failed', error: { type: 'GateFailed' } });
    expect(result.stages['bad']?.error?.message).toBe(
      '1 of 1 checks do not hold: "nine" (stages.values.output.twice == 9): stages.values.output.twice is 8',
    );
    expect(result.stages['bad']?.output).toMatchObject({
      passed: false,
      checks: [{ name: 'nine', passed: false, values: { 'stages.values.output.twice': 8 } }],
    });
  });

  it('sleeps for days on a durable timer', async () => {
    const result = await rig.run(
      aPlan([aStage('nap', { action: { kind: 'sleep', duration: 3 * 86_400_000 } })]),
    );
    expect(result.stages['nap']?.duration_ms).toBeGreaterThanOrEqual(3 * 86_400_000);
  });

  it('runs hooks after the end without changing the result', async () => {
    const hooks = {
      on_success: [echo('yay')],
      on_failure: [
        uses('oops', 'fail'),
        echo('told', {}, { kind: 'uses', uses: 'echo', with: { s: '${{ run.status }}' } }),
      ],
      finally: [echo('last')],
    };
    const failed = await rig.run(aPlan([uses('bad', 'fail')], { hooks }));
    expect(Object.keys(failed.hooks)).toEqual(['oops', 'told', 'last']);
    expect(failed.hooks['told']?.output).toEqual({ s: 'failed' });
    expect(failed).toMatchObject({ status: 'failed', failed_stages: ['bad'] });
    const succeeded = await rig.run(aPlan([echo('good')], { hooks }));
    expect(Object.keys(succeeded.hooks)).toEqual(['yay', 'last']);
  });

  it('passes inputs to a child pipeline and gets its outputs', async () => {
    const child = aPlan(
      [echo('inner', {}, { kind: 'uses', uses: 'echo', with: { n: '${{ inputs.n + 1 }}' } })],
      {
        pipeline: 'child',
        inputs: { n: { type: 'integer', required: true } },
        outputs: { n: '${{ stages.inner.output.n }}' },
      },
    );
    const plan = aPlan(
      [aStage('sub', { action: { kind: 'pipeline', pipeline: 'child', with: { n: 41 } } })],
      { pipelines: { child } },
    );
    const result = await rig.run(plan);
    expect(result.stages['sub']).toMatchObject({ status: 'succeeded', output: { n: 42 } });
  });

  it('fails a pipeline stage with the path to the stage at fault', async () => {
    const child = aPlan([uses('inner', 'fail')], { pipeline: 'child' });
    const stage = aStage('sub', { action: { kind: 'pipeline', pipeline: 'child', with: {} } });
    const result = await rig.run(
      aPlan([{ ...stage, retry: { ...stage.retry, max_attempts: 1 } }], { pipelines: { child } }),
    );
    expect(result.error).toEqual({
      type: 'PipelineFailed',
      message: 'pipeline "child" failed at stage "inner": broken inner',
      stage: 'sub/inner',
    });
  });

  it('refuses a child pipeline inputs of the wrong type', async () => {
    const child = aPlan([echo('inner')], {
      pipeline: 'child',
      inputs: { n: { type: 'integer', required: true } },
    });
    const plan = aPlan(
      [aStage('sub', { action: { kind: 'pipeline', pipeline: 'child', with: { n: 'x' } } })],
      {
        pipelines: { child },
      },
    );
    const result = await rig.run(plan);
    expect(result.error).toMatchObject({ type: 'ValidationError', stage: 'sub' });
    expect(result.error?.message).toBe('pipeline "child": input "n" must be an integer, got `"x"` (string)');
  });

  it('skips what its mode does not select and uses the values of the mode', async () => {
    const plan = aPlan(
      [
        echo('data', {}, { kind: 'uses', uses: 'echo', with: '${{ variables.window }}' }),
        echo('report', { depends_on: ['data'] }),
      ],
      { variables: { window: 30 }, modes: { daily: { stages: ['data'], variables: { window: 1 } } } },
    );
    const result = await rig.run(plan, { mode: 'daily' });
    expect(result.stages['data']?.output).toBe(1);
    expect(result.stages['report']).toMatchObject({ status: 'skipped', skip_reason: 'mode' });
    expect(result).toMatchObject({ status: 'succeeded', mode: 'daily', partial: false });
  });

  it('fails a stage whose expression reads what is not there', async () => {
    const result = await rig.run(
      aPlan([
        echo('a'),
        echo(
          'b',
          { depends_on: ['a'] },
          { kind: 'uses', uses: 'echo', with: '${{ stages.a.output.nothing }}' },
        ),
      ]),
    );
    expect(result.stages['b']).toMatchObject({
      status: 'failed',
      error: { type: 'ExpressionError', stage: 'b' },
    });
  });

  it('polls what it waits for without growing its history', async () => {
    const target = { type: 'file', file: '/data/today.csv' } as const;
    const wait = { kind: 'wait_for', target, every_ms: 3_600_000, wait_timeout_ms: 86_400_000 } as const;
    const handle = await rig.start(aPlan([aStage('arrival', { action: wait })]));
    const result = await resultOf(handle);
    expect(result.stages['arrival']).toMatchObject({
      status: 'succeeded',
      attempts: 4,
      output: { ready: true },
    });
    expect(result.stages['arrival']?.duration_ms).toBeGreaterThanOrEqual(3 * 3_600_000);
    expect((await handle.fetchHistory()).events?.length).toBeLessThan(15);
  });

  it('ends a wait as timed out when its time is over', async () => {
    const target = { type: 'file', file: '/data/today.csv' } as const;
    const wait = { kind: 'wait_for', target, every_ms: 3_600_000, wait_timeout_ms: 86_400_000 } as const;
    const result = await rig.run(aPlan([aStage('never', { action: wait })]));
    expect(result.stages['never']).toMatchObject({
      status: 'timed_out',
      error: { type: 'TimeoutError', message: 'it was not true within 1d' },
    });
  });

  it('stops the run when a condition cannot be evaluated', async () => {
    const result = await rig.run(
      aPlan([
        echo('a'),
        echo('b', { depends_on: ['a'], condition: 'stages.a.output.nothing' }),
        aStage('nap', { action: { kind: 'sleep', duration: 86_400_000 } }),
      ]),
    );
    expect(result).toMatchObject({ status: 'failed', error: { type: 'ExpressionError', stage: 'b' } });
    expect(result.stages['nap']?.status).toBe('cancelled');
    expect(result.executed_stages).not.toContain('b');
  });

  it('gives null for an output of a stage that was skipped, and says so', async () => {
    const handle = await rig.start(
      aPlan([echo('a'), echo('b', { condition: 'false' })], {
        outputs: { x: '${{ stages.b.output.from }}' },
      }),
    );
    const result = await resultOf(handle);
    expect(result).toMatchObject({ status: 'succeeded', outputs: { x: null } });
    const status = await handle.query<RunStatus>('status');
    expect(status.notes[0]).toContain('output "x" cannot be computed');
  });

  it('runs the levels of a strict plan one after the other', async () => {
    const nap = (id: string, ms: number, needs: readonly string[] = []): StagePlan =>
      aStage(id, { depends_on: needs, action: { kind: 'sleep', duration: ms } });
    const stages = [nap('short', 60_000), nap('long', 3_600_000), nap('next', 1_000, ['short'])];
    const strict = await rig.run(aPlan(stages, { scheduling: 'strict' }));
    const dataflow = await rig.run(aPlan(stages));
    const startOf = (result: RunResult, id: string): number =>
      Date.parse(result.stages[id]?.started_at ?? '');
    const endOf = (result: RunResult, id: string): number => Date.parse(result.stages[id]?.ended_at ?? '');
    expect(startOf(strict, 'next')).toBeGreaterThanOrEqual(endOf(strict, 'long'));
    expect(startOf(dataflow, 'next')).toBeLessThan(endOf(dataflow, 'long'));
  });
});
