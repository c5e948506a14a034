import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onRunEvents, type RunEvent, type RunHandle, SluiceClient } from '../../src/client/index.js';
import type { Plan, StagePlan } from '../../src/engine/plan.js';
import { aMappedStage } from '../support/a-map.js';
import { aPlan, aStage } from '../support/a-plan.js';
import { anApproval, decide, untilStage } from '../support/approvals.js';
import { resultOf } from '../support/result-of.js';
import { WorkflowRig } from '../support/workflow-rig.js';

let rig: WorkflowRig;

beforeAll(async () => {
  rig = await WorkflowRig.create({
    echo: (task) => ({ output: task.params }),
    flaky: () => {
      attempts += 1;
      if (attempts < 3) throw ApplicationFailure.retryable(`attempt ${attempts}`, 'Flaky');
      return { output: attempts, attempt: attempts };
    },
    bad: () => {
      throw ApplicationFailure.nonRetryable('no data', 'Picky');
    },
  });
});
afterAll(() => rig.close());

let attempts = 0;

const uses = (id: string, name: string, rest: Partial<StagePlan> = {}): StagePlan =>
  aStage(id, { action: { kind: 'uses', uses: name, with: {} }, ...rest });

const gate = (id: string, assert: string, rest: Partial<StagePlan> = {}): StagePlan =>
  aStage(id, { action: { kind: 'gate', checks: [{ name: 'check', assert }], min_pass_rate: 1 }, ...rest });

async function runToEnd(plan: Plan): Promise<RunHandle> {
  const handle = await rig.start(plan);
  await resultOf(handle);
  return handleOf(handle);
}

function handleOf({ workflowId, firstExecutionRunId }: { workflowId: string; firstExecutionRunId?: string }) {
  return new SluiceClient(rig.env.client).handle(workflowId, firstExecutionRunId ?? '');
}

async function read(run: RunHandle, after?: string): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run.events(after === undefined ? {} : { after })) events.push(event);
  return events;
}

/** What they say, in few words. */
function told(events: readonly RunEvent[]): readonly string[] {
  return events.map((event) => {
    switch (event.type) {
      case 'wave':
        return `wave ${event.number}: ${event.stages.join(' ')}`;
      case 'stage_error':
        // The test server keeps no errors of attempts that were followed by others.
        return `${event.stage} attempt ${event.attempt}, ${event.will_retry ? 'again' : (event.error?.type ?? '')}`;
      case 'stage_completed':
        return `${event.stage} ${event.status}${event.skip_reason === null ? '' : ` (${event.skip_reason})`}`;
      case 'stage_changed':
        return `${event.stage} is ${event.status}`;
      case 'stage_started':
        return `${event.stage} started`;
      case 'note':
        return event.text;
      case 'run_ended':
        return `run ${event.result.status}`;
      default:
        return event.type;
    }
  });
}

describe('the events of a run', () => {
  const everyKind = aPlan(
    [
      uses('load', 'echo'),
      uses('side', 'flaky', { retry: { ...aStage('x').retry, max_attempts: 5 } }),
      gate('check', 'stages.load.status == "succeeded"', { depends_on: ['load'] }),
      uses('ship', 'echo', { depends_on: ['check'] }),
      uses('never', 'echo', { depends_on: ['ship'], condition: 'false' }),
      aMappedStage('each', 'echo', {}, { depends_on: ['ship', 'side'] }),
      uses('broken', 'bad', { depends_on: ['each'] }),
    ],
    {
      failure: 'continue',
      hooks: { on_success: [], on_failure: [uses('tell', 'echo')], finally: [gate('tidy', 'true')] },
    },
  );
  let run: RunHandle;
  let events: readonly RunEvent[];

  beforeAll(async () => {
    attempts = 0;
    run = await runToEnd(everyKind);
    events = await read(run);
  });

  it('tell starts, failed attempts and ends of stages of every kind in the order of the history', () => {
    const all = told(events);
    expect(all.slice(0, 4)).toEqual(['run_started', 'wave 1: load side', 'load started', 'side started']);
    const ofShip = all.filter((text) => /load|check|ship|never/.test(text) && !text.startsWith('wave 1'));
    expect(ofShip).toEqual([
      'load started',
      'load succeeded',
      'wave 2: check',
      'check started',
      'check succeeded',
      'wave 3: ship',
      'ship started',
      'ship succeeded',
      'never skipped (condition)',
    ]);
    expect(all.filter((text) => text.startsWith('side'))).toEqual([
      'side started',
      'side attempt 1, again',
      'side attempt 2, again',
      'side succeeded',
    ]);
    expect(all.slice(-13)).toEqual(
      [
        'side succeeded',
        'wave 4: each',
        'each started',
        'each succeeded',
        'wave 5: broken',
        'broken started',
        'broken attempt 1, Picky',
        'broken failed',
        'wave 6: tell',
        'tell started',
        'tell succeeded',
        'wave 7: tidy',
        'tidy started',
        'tidy succeeded',
        'run failed',
      ].slice(-13),
    );
  });

  it('agree with the result about every stage', () => {
    const last = events.at(-1);
    if (last?.type !== 'run_ended') throw new Error('The run did not end.');
    const { stages, hooks } = last.result;
    const completed = events.flatMap((event) => (event.type === 'stage_completed' ? [event] : []));
    const told = completed.map(({ stage, status, attempts: tries }) => `${stage} ${status} ${tries}`);
    const resulted = Object.entries({ ...stages, ...hooks }).map(
      ([stage, { status, attempts: tries }]) => `${stage} ${status} ${tries}`,
    );
    expect(told.toSorted()).toEqual(resulted.toSorted());
  });

  it('go on after any of them without loss or repeats', async () => {
    for (const [i, event] of events.entries()) {
      expect(told(await read(run, event.cursor)), event.cursor).toEqual(told(events.slice(i + 1)));
    }
  });

  it('call typed handlers in their order', async () => {
    const calls: string[] = [];
    await onRunEvents(run.events(), {
      onStageStart: ({ stage }) => void calls.push(`start ${stage}`),
      onStageError: ({ stage, will_retry }) => void calls.push(`error ${stage} ${String(will_retry)}`),
      onStageComplete: ({ stage }) => void calls.push(`complete ${stage}`),
      onWave: ({ number }) => void calls.push(`wave ${number}`),
      onRunEnd: ({ result }) => void calls.push(`end ${result.status}`),
    });
    expect(calls.filter((call) => /broken|end|wave 1/.test(call))).toEqual([
      'wave 1',
      'start broken',
      'error broken false',
      'complete broken',
      'end failed',
    ]);
  });

  it('refuse the cursor of another run and what is none', async () => {
    const other = await runToEnd(aPlan([uses('a', 'echo')]));
    await expect(read(other, events.at(3)?.cursor)).rejects.toMatchObject({ code: 'bad_cursor' });
    await expect(read(run, 'nonsense')).rejects.toMatchObject({
      code: 'bad_cursor',
      message: '"nonsense" is not the cursor of an event.',
    });
  });
});

it('tells which run a stage started, and what is undone when the run fails', async () => {
  const child = aPlan([uses('inner', 'echo')], { pipeline: 'child' });
  const undo: Pick<StagePlan, 'undo'> = { undo: { action: { kind: 'uses', uses: 'flaky', with: {} } } };
  attempts = 1;
  const run = await runToEnd(
    aPlan(
      [
        aStage('call', { action: { kind: 'pipeline', pipeline: 'child', with: {} } }),
        uses('made', 'echo', {
          depends_on: ['call'],
          ...undo,
          retry: { ...aStage('x').retry, max_attempts: 2 },
        }),
        uses('kept', 'echo', {
          depends_on: ['made'],
          undo: { action: { kind: 'uses', uses: 'bad', with: {} } },
        }),
        uses('broken', 'bad', { depends_on: ['kept'] }),
      ],
      { pipelines: { child } },
    ),
  );
  const events = await read(run);
  const started = events.find((event) => event.type === 'child_started');
  expect(started).toMatchObject({ stage: 'call', pipeline: 'child' });
  if (started?.type !== 'child_started') throw new Error('No child was told.');
  const ofChild = await read(new SluiceClient(rig.env.client).handle(started.workflow_id, started.run_id));
  expect(told(ofChild)).toContain('inner succeeded');

  const undone = events.filter(({ type }) => type.startsWith('undo'));
  expect(undone).toMatchObject([
    { type: 'undo_started', stage: 'kept' },
    { type: 'undo_completed', stage: 'kept', status: 'failed', error: { type: 'Picky', message: 'no data' } },
    { type: 'undo_started', stage: 'made' },
    { type: 'undo_completed', stage: 'made', status: 'succeeded', attempts: 2, error: null },
  ]);
  for (const [i, event] of events.entries()) {
    expect(told(await read(run, event.cursor)), event.cursor).toEqual(told(events.slice(i + 1)));
  }
});

it('tells of waits for people while they last, and of what was noted', async () => {
  const handle = await rig.start(
    aPlan([anApproval('sign-off'), uses('after', 'echo', { depends_on: ['sign-off'] })]),
  );
  await untilStage(handle, 'sign-off', 'awaiting_approval');
  const run = handleOf(handle);
  const seen: RunEvent[] = [];
  for await (const event of run.events()) {
    seen.push(event);
    if (event.type === 'stage_changed') await decide(handle, 'approve', { as: 'alice' });
  }
  expect(told(seen)).toEqual([
    'run_started',
    'wave 1: sign-off',
    'sign-off started',
    'sign-off is awaiting_approval',
    'sign-off succeeded',
    'wave 2: after',
    'after started',
    'after succeeded',
    'run succeeded',
  ]);
});

it('tells of a run that was terminated what its history holds, and then what was cut off', async () => {
  const handle = await rig.start(aPlan([anApproval('sign-off')]));
  await untilStage(handle, 'sign-off', 'awaiting_approval');
  await handle.terminate('over');
  const events = await read(handleOf(handle));
  expect(told(events).slice(-2)).toEqual(['sign-off cancelled', 'run cancelled']);
});

it('stops reading a run that goes on when it is told to', async () => {
  const handle = await rig.start(aPlan([anApproval('sign-off')]));
  await untilStage(handle, 'sign-off', 'awaiting_approval');
  const run = handleOf(handle);
  const soFar: RunEvent[] = [];
  for await (const event of run.events({ follow: false })) soFar.push(event);
  expect(told(soFar).at(-1)).toBe('sign-off is awaiting_approval');
  const stop = new AbortController();
  const waiting: RunEvent[] = [];
  for await (const event of run.events({ signal: stop.signal })) {
    waiting.push(event);
    if (event.type === 'stage_changed') stop.abort();
  }
  expect(told(waiting)).toEqual(told(soFar));
  await decide(handle, 'approve', { as: 'alice' });
  await resultOf(handle);
});
