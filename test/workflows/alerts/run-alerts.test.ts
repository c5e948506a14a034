import { Client, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AlertRule } from '../../../src/engine/alert-rule.js';
import type { RunResult } from '../../../src/engine/result.js';
import type { AlertView } from '../../../src/engine/alert-state.js';
import type { AlertTask } from '../../../src/shared/alert-task.js';
import { ACTIVITY, ALERT_WORKFLOW, alertWorkflowId } from '../../../src/shared/names.js';
import { acknowledgeSignal, alertQuery } from '../../../src/workflows/alert/messages.js';
import { cancelSignal, failStageUpdate } from '../../../src/workflows/messages.js';
import { aPlan, aStage } from '../../support/a-plan.js';
import { anEvent, aRule } from '../../support/an-alert.js';
import { resultOf } from '../../support/result-of.js';
import { type FakeStage, WorkflowRig } from '../../support/workflow-rig.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;

let rig: WorkflowRig;
let sent: AlertTask[] = [];

beforeAll(async () => {
  const deliver = (task: AlertTask): { channel: string; note: string } => {
    sent.push(task);
    return { channel: task.channel, note: 'ok' };
  };
  rig = await WorkflowRig.create({
    [ACTIVITY.alert]: deliver as unknown as FakeStage,
    work: () => ({ output: { rows: 7 } }),
    fail: () => {
      throw ApplicationFailure.nonRetryable('the disk is full', 'DiskFull');
    },
  });
});
beforeEach(() => {
  sent = [];
});
afterAll(() => rig.close());

const uses = (id: string, name: string) => aStage(id, { action: { kind: 'uses', uses: name, with: {} } });
const nap = (ms: number) => aStage('nap', { action: { kind: 'sleep', duration: ms } });
const view = (key: string): Promise<AlertView> =>
  rig.env.client.workflow.getHandle(alertWorkflowId(key)).query(alertQuery);
/** Waits in real time: waiting on the clock of the server would skip to the end of the alerts that are open. */
async function ended(run: WorkflowHandle): Promise<RunResult> {
  const client = new Client({ connection: rig.env.connection });
  return resultOf(client.workflow.getHandle(run.workflowId));
}

/** Messages about an alert; runs do not wait for them. */
const kindsOf = (key: string): readonly string[] =>
  sent.flatMap(({ kind, alert }) => ((alert as unknown as AlertView).key === key ? [kind] : []));
const messages = (): readonly AlertView[] => sent.map(({ alert }) => alert as unknown as AlertView);

/**
 * Opens an alert ahead that is told once a second run has found it. A run would open it as a child that outlives it, and
 * then the clock of the test server stays locked.
 */
async function openAhead(rule: AlertRule): Promise<AlertRule> {
  const patient = { ...rule, after_times: 2 };
  const at = new Date(await rig.env.currentTimeMs()).toISOString();
  const event = anEvent(patient, { at, facts: { run_id: 'earlier' } });
  await rig.startWorkflow(ALERT_WORKFLOW, alertWorkflowId(event.key), { event });
  return patient;
}

describe('a run with alerts', () => {
  it('is told to last too long at that moment, not at its end', async () => {
    const rule = await openAhead(aRule({ name: 'slow', when: 'duration_minutes > 120', at_minutes: [120] }));
    const run = await rig.start(aPlan([nap(5 * HOUR)], { pipeline: 'data', alerts: [rule] }));
    await rig.env.sleep(119 * MINUTE);
    expect(sent).toHaveLength(0);
    await rig.env.sleep(2 * MINUTE);
    expect(messages()[0]?.facts).toMatchObject({ pipeline_status: 'running', workflow_id: run.workflowId });
    // Waiting for results would let the server skip to the next timer, which is the end of time.
    await rig.env.sleep(4 * HOUR);
    expect((await view('data/slow')).count).toBe(2);
    await rig.start(aPlan([nap(MINUTE)], { pipeline: 'data', alerts: [rule] }));
    await rig.env.sleep(2 * MINUTE);
    expect((await view('data/slow')).status).toBe('resolved');
    expect(kindsOf('data/slow')).toEqual(['firing', 'resolved']);
  });

  it('tells at the alarm of a deadline', async () => {
    const rule = await openAhead(aRule({ name: 'late', when: 'deadline_missed', also_on: ['deadline'] }));
    const plan = aPlan([nap(3 * HOUR)], { pipeline: 'data', alerts: [rule], deadline_ms: HOUR });
    await rig.start(plan);
    await rig.env.sleep(61 * MINUTE);
    expect(messages()[0]?.facts).toMatchObject({
      deadline_missed: true,
      alarms: [/near|left/, /missed/].map((text) => expect.stringMatching(text)),
    });
    await rig.env.sleep(3 * HOUR);
    expect((await view('data/late')).status).toBe('firing');
  });

  it('tells as soon as a stage waits for a person', async () => {
    const rule = await openAhead(aRule({ name: 'held', when: 'size(held_stages) > 0', also_on: ['people'] }));
    const held = { ...uses('load', 'fail'), hold: { timeout_ms: null, on_timeout: 'fail' as const } };
    const run = await rig.start(aPlan([held], { pipeline: 'data', alerts: [rule] }));
    await rig.env.sleep(MINUTE);
    expect(messages()[0]?.facts).toMatchObject({
      held_stages: ['load'],
      errors: { load: 'DiskFull: the disk is full' },
    });
    await run.executeUpdate(failStageUpdate, { args: [{ by: 'ada', stage: 'load' }] });
    expect((await ended(run)).status).toBe('failed');
    expect((await view('data/held')).status).toBe('firing');
  });

  it('notes a rule that cannot be evaluated, and goes on', async () => {
    const rules = [
      aRule({ name: 'odd', when: 'stages.load.output.colums > 3' }),
      aRule({ name: 'no', when: 'false' }),
    ];
    const run = await rig.start(aPlan([uses('load', 'work')], { pipeline: 'odd', alerts: rules }));
    expect((await ended(run)).status).toBe('succeeded');
    const { notes } = await run.query<{ notes: readonly string[] }>('status');
    expect(notes).toEqual([expect.stringMatching(/alert "odd" could not be evaluated: .*colums/)]);
  });

  // From here on runs open alerts themselves.

  it('raises what holds at its end, with what people need to know, and ends no alert but by succeeding', async () => {
    const rule = aRule({ message: '${{ pipeline }} failed at ${{ failed_stages }}: ${{ error_message }}' });
    const bad = aPlan([uses('load', 'fail')], { pipeline: 'data', alerts: [rule] });
    const failed = await rig.start(bad);
    expect((await ended(failed)).status).toBe('failed');
    await vi.waitFor(() => expect(sent).toHaveLength(1), { timeout: 20_000 });
    expect(messages()[0]).toMatchObject({
      key: 'data/failed',
      message: 'data failed at ["load"]: the disk is full',
      facts: {
        failed_stages: ['load'],
        error_type: 'DiskFull',
        commands: [`sluice why ${failed.workflowId}`, `sluice resume ${failed.workflowId}`],
      },
    });
    const again = await Promise.all([rig.start(bad), rig.start(bad), rig.start(bad)]);
    await Promise.all(again.map(ended));
    const stopped = await rig.start(aPlan([nap(HOUR)], { pipeline: 'data', alerts: [rule] }));
    await stopped.signal(cancelSignal, { by: 'ada' });
    expect((await ended(stopped)).status).toBe('cancelled');
    await vi.waitFor(
      async () => expect(await view('data/failed')).toMatchObject({ count: 4, status: 'firing' }),
      { timeout: 20_000 },
    );
    const alert = rig.env.client.workflow.getHandle(alertWorkflowId('data/failed'));
    await alert.signal(acknowledgeSignal, { by: 'ada' });
    await ended(await rig.start(aPlan([uses('load', 'work')], { pipeline: 'data', alerts: [rule] })));
    await vi.waitFor(async () => expect((await view('data/failed')).status).toBe('resolved'), {
      timeout: 20_000,
    });
    await vi.waitFor(() => expect(kindsOf('data/failed')).toEqual(['firing', 'acknowledged', 'resolved']), {
      timeout: 20_000,
    });
  });

  it('opens one alert when many fail at the same time, and one for each group', async () => {
    const rule = aRule({ name: 'groups', group_by: '${{ inputs.symbol }}' });
    const plan = aPlan([uses('load', 'fail')], {
      pipeline: 'fan',
      alerts: [rule],
      inputs: { symbol: { type: 'string', required: true } },
    });
    const symbols = ['AAPL', 'MSFT', 'AAPL', 'AAPL', 'MSFT', 'AAPL'];
    const runs = symbols.map((symbol) => rig.start(plan, { inputs: { symbol } }));
    await Promise.all((await Promise.all(runs)).map(ended));
    expect((await view('fan/groups/AAPL')).count).toBe(4);
    expect((await view('fan/groups/MSFT')).count).toBe(2);
    await vi.waitFor(() => expect(kindsOf('fan/groups/MSFT')).toEqual(['firing']), { timeout: 20_000 });
    expect(kindsOf('fan/groups/AAPL')).toEqual(['firing']);
  });
});
