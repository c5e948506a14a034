import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import proto from '@temporalio/proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StagePlan } from '../../../src/engine/plan.js';
import type { RunResult, RunStatus } from '../../../src/engine/result.js';
import type { JsonObject } from '../../../src/shared/json.js';
import { aPlan, aStage } from '../../support/a-plan.js';
import { controlledStage } from '../../support/controlled-stage.js';
import { resultOf } from '../../support/result-of.js';
import { type CliOutcome, runCli } from '../../support/run-cli.js';
import { WorkflowRig } from '../../support/workflow-rig.js';

let rig: WorkflowRig;
const stage = controlledStage();

beforeAll(async () => {
  rig = await WorkflowRig.createOnDevServer({
    hang: stage.hang,
    picky: ({ params }) => {
      if ((params as JsonObject)['ok'] !== true) throw ApplicationFailure.nonRetryable('not ok', 'Picky');
      return { output: 'fine' };
    },
    echo: ({ params }) => ({ output: params }),
  });
});
afterAll(() => rig.close());

const sluice = (...args: readonly string[]): Promise<CliOutcome> =>
  runCli([...args, '--address', rig.env.address, '--json'], { env: process.env });

const uses = (id: string, name: string, overrides: Partial<StagePlan> = {}): StagePlan =>
  aStage(id, { action: { kind: 'uses', uses: name, with: {} }, ...overrides });

const held = (id: string): StagePlan =>
  aStage(id, {
    action: { kind: 'uses', uses: 'picky', with: { ok: false } },
    hold: { timeout_ms: null, on_timeout: 'fail' },
  });

async function untilHeld(handle: WorkflowHandle, id: string): Promise<void> {
  await expect
    .poll(async () => (await handle.query<RunStatus>('status')).stages[id]?.status, { timeout: 20_000 })
    .toBe('held');
}

/**
 * The events of a run, without workflow tasks: now and then the server keeps the empty task in which a worker refused
 * an update.
 */
async function eventsOf(handle: WorkflowHandle): Promise<readonly unknown[]> {
  const { events } = await handle.fetchHistory();
  const { EVENT_TYPE_WORKFLOW_TASK_SCHEDULED: from, EVENT_TYPE_WORKFLOW_TASK_FAILED: to } =
    proto.temporal.api.enums.v1.EventType;
  return (events ?? []).map(({ eventType }) => eventType ?? 0).filter((type) => type < from || type > to);
}

describe('commands about a stage that is held', () => {
  it('retry it with other params, skip it with an output, and fail it', async () => {
    const handle = await rig.start(aPlan([held('a'), held('b'), held('c')], { failure: 'continue' }));
    for (const id of ['a', 'b', 'c']) await untilHeld(handle, id);
    const retried = await sluice('retry', handle.workflowId, 'a', '--param', 'ok=true', '--as', 'ada');
    expect(retried.json()).toMatchObject({ requested: 'retry_stage', stage: 'a', by: 'ada' });
    await sluice('skip', handle.workflowId, 'b', '--output', '{"rows": 0}', '--reason', 'none today');
    await sluice('fail', handle.workflowId, 'c', '--as', 'bob');
    const result = await resultOf(handle);
    expect(result.status).toBe('failed');
    expect(result.stages['a']).toMatchObject({ status: 'succeeded', output: 'fine', attempts: 2 });
    expect(result.stages['b']).toMatchObject({
      status: 'skipped',
      output: { rows: 0 },
      decisions: [{ decision: 'skip', reason: 'none today' }],
    });
    expect(result.stages['c']).toMatchObject({
      status: 'failed',
      decisions: [{ decision: 'fail', by: 'bob' }],
    });
  });

  it('are refused each with its own words, and leave the history as it was', async () => {
    const handle = await rig.start(aPlan([held('load'), uses('slow', 'hang')], { variables: { window: 1 } }));
    await untilHeld(handle, 'load');
    await stage.arrival('slow');
    const run = handle.workflowId;
    const before = await eventsOf(handle);
    const wrong: ReadonlyArray<readonly [args: readonly string[], message: RegExp, hint?: string]> = [
      [
        ['retry', run, 'lod'],
        /^The run has no stage "lod"\. Stages here: load, slow\.$/,
        'Did you mean "load"?',
      ],
      [['retry', run, 'slow'], /^Stage "slow" is not held: it is running\. It has no `hold_on_failure`\.$/],
      [['retry', run, 'load', '--param', 'x=${{ 1 }}'], /"x" holds an expression; give the value itself\.$/],
      [['unpause', run], /^The run is not paused\.$/],
      [['amend', run, '--set', 'windw=2'], /^The run has no variable "windw"/, 'Did you mean "window"?'],
      [['amend', run, '--set', 'window=2'], /^It is too late to set the variable "window"/],
      [
        ['amend', run, 'slow', '--timeout', '2h'],
        /^It is too late to change stage "slow": it has started and is running\.$/,
      ],
      [
        ['amend', run, 'load', '--retry', 'max_attempts=-1'],
        /retry\.max_attempts must be a whole number of at least 0/,
      ],
      [['amend', run, '--deadline', '1ms'], /^A deadline is counted from the start of the run/],
      [['amend', run, '--deadline', '2020-01-01T00:00:00Z'], /has passed already\.$/],
      [
        [
          'amend',
          run,
          'load',
          '--param',
          'n=2',
          '--max-parallel',
          '9',
          '--set',
          'windw=2',
          '--deadline',
          '1ms',
        ],
        /^Nothing was changed\. The run has no variable "windw".* A deadline is counted from the start/,
      ],
    ];
    for (const [args, message, hint = null] of wrong) {
      const { exitCode, json } = await sluice(...args);
      const isUnknown = args.includes('lod');
      expect(json(), args.join(' ')).toEqual({
        error: {
          code: isUnknown ? 'unknown_stage' : 'refused',
          message: expect.stringMatching(message) as string,
          hint,
        },
      });
      expect(exitCode).toBe(isUnknown ? 2 : 1);
    }
    expect(await eventsOf(handle)).toEqual(before);
    stage.end('slow');
    await sluice('skip', run, 'load');
    expect((await resultOf(handle)).status).toBe('succeeded');
    const late = await sluice('pause', run);
    expect(late.json()).toMatchObject({ error: { code: 'run_ended' } });
    expect((await sluice('pause', 'nothing/here')).json()).toMatchObject({
      error: { code: 'run_not_found' },
    });
  });
});

describe('commands about a run', () => {
  it('pause it, change it and let it go on, and the result says who did what', async () => {
    const first = controlled('first');
    const next = aStage('next', {
      depends_on: ['first'],
      action: { kind: 'uses', uses: 'echo', with: { window: '${{ variables.window }}', epochs: 1 } },
    });
    const handle = await rig.start(
      aPlan([first, next], { variables: { window: 1 }, max_parallel_stages: 1 }),
    );
    await stage.arrival('first');
    const run = handle.workflowId;
    await sluice('pause', run, '--as', 'ada', '--reason', 'closed');
    await sluice('amend', run, '--set', 'window=5', '--max-parallel', '4', '--deadline', '3h', '--as', 'ada');
    const amended = await sluice(
      'amend',
      run,
      'next',
      '--param',
      'epochs=9',
      '--retry',
      'initial_delay=5s',
      '--as',
      'bob',
    );
    expect(amended.json()).toMatchObject({
      stage: 'next',
      changes: { params: { epochs: 9 } },
      amendments: [
        { what: 'stages.next.params', before: { epochs: 1 }, after: { epochs: 9 }, by: 'bob' },
        { what: 'stages.next.retry', after: { initial_delay_ms: 5_000 } },
      ],
    });
    stage.end('first');
    await sluice('unpause', run, '--as', 'bob');
    const result: RunResult = await resultOf(handle);
    expect(result.stages['next']?.output).toEqual({ window: 5, epochs: 9 });
    expect(result.amendments?.map(({ by, what, before, after }) => [by, what, before, after])).toEqual([
      ['ada', 'paused', false, true],
      ['ada', 'variables.window', 1, 5],
      ['ada', 'max_parallel_stages', 1, 4],
      ['ada', 'deadline_ms', null, 10_800_000],
      [
        'bob',
        'stages.next.params',
        { window: '${{ variables.window }}', epochs: 1 },
        { window: '${{ variables.window }}', epochs: 9 },
      ],
      ['bob', 'stages.next.retry', expect.anything(), expect.objectContaining({ initial_delay_ms: 5_000 })],
      ['bob', 'paused', true, false],
    ]);
  });

  it('reach for all that match, and do nothing before a person agrees', async () => {
    const plan = aPlan([controlled('m1')], { pipeline: 'many' });
    const handles = [await rig.start(plan), await rig.start(plan)];
    await stage.arrival('m1');
    await expect
      .poll(async () => (await sluice('list', '--pipeline', 'many')).json(), { timeout: 20_000 })
      .toMatchObject({ runs: [{}, {}] });
    const asked = await sluice('pause', '--pipeline', 'many');
    expect(asked.json()).toMatchObject({
      error: { code: 'usage', message: '2 runs match; nobody is here to agree to pause them.' },
    });
    const paused = await sluice('pause', '--pipeline', 'many', '--yes', '--as', 'ada');
    const ids = handles.map(({ workflowId }) => workflowId).toSorted();
    expect(paused.json()).toMatchObject({
      requested: 'pause',
      by: 'ada',
      runs: [{ ok: true }, { ok: true }],
    });
    const again = await sluice('pause', '--pipeline', 'many', '--yes');
    expect(again.exitCode).toBe(1);
    expect(again.json()).toMatchObject({ runs: [{ ok: false, error: { code: 'refused' } }, { ok: false }] });
    const cancelled = await sluice(
      'cancel',
      '--query',
      `WorkflowId = '${ids[0]}'`,
      '--yes',
      '--reason',
      'enough',
    );
    expect(cancelled.json()).toMatchObject({ runs: [{ workflow_id: ids[0], ok: true }] });
    const ended = await sluice('terminate', '--query', `WorkflowId = '${ids[1]}'`, '--yes');
    expect(ended.json()).toMatchObject({ runs: [{ workflow_id: ids[1], ok: true }] });
    const wrong = await sluice('cancel', '--query', 'Nonsense =', '--yes');
    expect(wrong.json()).toMatchObject({ error: { code: 'invalid_query' } });
    expect((await sluice('cancel')).json()).toMatchObject({
      error: { code: 'usage', message: 'No run was given.' },
    });
  });
});

function controlled(id: string): StagePlan {
  return uses(id, 'hang');
}
