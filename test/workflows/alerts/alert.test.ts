import { ApplicationFailure } from '@temporalio/common';
import { Client, type WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AlertRule } from '../../../src/engine/alert-rule.js';
import type { AlertView } from '../../../src/engine/alert-state.js';
import type { AlertInput } from '../../../src/workflows/alert/alert-keeper.js';
import type { AlertTask } from '../../../src/shared/alert-task.js';
import { ACTIVITY, ALERT_WORKFLOW, alertWorkflowId } from '../../../src/shared/names.js';
import {
  acknowledgeSignal,
  acknowledgeUpdate,
  alertEndedSignal,
  alertFiringSignal,
  alertQuery,
} from '../../../src/workflows/alert/messages.js';
import { anEvent, aRule } from '../../support/an-alert.js';
import { type FakeStage, WorkflowRig } from '../../support/workflow-rig.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;

let rig: WorkflowRig;
/** Messages in the order in which they were sent, with the time of the server. */
let sent: { readonly task: AlertTask; readonly at: number }[] = [];
/** What the next attempts to send to a channel end with. */
let failures: Record<string, ApplicationFailure[]> = {};

const deliver = async (task: AlertTask): Promise<{ channel: string; note: string }> => {
  const failure = failures[task.channel]?.shift();
  if (failure !== undefined) throw failure;
  sent.push({ task, at: await now() });
  return { channel: task.channel, note: 'ok' };
};

beforeAll(async () => {
  rig = await WorkflowRig.create({ [ACTIVITY.alert]: deliver as unknown as FakeStage });
});
beforeEach(() => {
  sent = [];
  failures = {};
});
afterAll(() => rig.close());

async function now(): Promise<number> {
  return rig.env.currentTimeMs();
}

async function at(offset = 0): Promise<string> {
  return new Date((await now()) + offset).toISOString();
}

let counter = 0;

async function open(rule: AlertRule, more: Partial<AlertInput> = {}): Promise<WorkflowHandle> {
  counter += 1;
  const event = anEvent(rule, {
    key: `data${counter}/${rule.name}`,
    at: await at(),
    facts: { run_id: 'first' },
  });
  return rig.startWorkflow(ALERT_WORKFLOW, alertWorkflowId(event.key), { event, ...more });
}

async function fireAgain(alert: WorkflowHandle, rule: AlertRule, run: string): Promise<void> {
  const key = alert.workflowId.slice('alert/'.length);
  await alert.signal(alertFiringSignal, anEvent(rule, { key, at: await at(), facts: { run_id: run } }));
}

async function end(alert: WorkflowHandle): Promise<void> {
  const key = alert.workflowId.slice('alert/'.length);
  await alert.signal(alertEndedSignal, { key, at: await at(1_000), reason: 'the run data/2 succeeded' });
}

/** Waits in real time: waiting on the clock of the server would skip to its end once all is done. */
async function ended(alert: WorkflowHandle): Promise<AlertView> {
  const client = new Client({ connection: rig.env.connection });
  return client.workflow.getHandle(alert.workflowId).result();
}

const kinds = (): readonly string[] => sent.map(({ task }) => `${task.kind} ${task.channel}`);

describe('an alert', () => {
  it('is told once, counts what is found again, and tells its end', async () => {
    const rule = aRule({ channels: ['ops', 'mail'] });
    const alert = await open(rule);
    await rig.env.sleep(MINUTE);
    await fireAgain(alert, rule, 'second');
    await fireAgain(alert, rule, 'second');
    await fireAgain(alert, rule, 'third');
    await rig.env.sleep(MINUTE);
    expect((await alert.query(alertQuery)).count).toBe(3);
    await end(alert);
    const view = await ended(alert);
    expect(kinds().toSorted()).toEqual(['firing mail', 'firing ops', 'resolved mail', 'resolved ops']);
    expect(view).toMatchObject({
      status: 'resolved',
      ended: { reason: 'the run data/2 succeeded', by: null },
    });
    expect(new Set(sent.map(({ task }) => task.id)).size).toBe(4);
  });

  it('escalates step by step until somebody acknowledges it', async () => {
    const rule = aRule({
      escalate: [
        { after_ms: 30 * MINUTE, channels: ['pager'], severity: 'critical' },
        { after_ms: 2 * HOUR, channels: ['boss'] },
        { after_ms: 9 * HOUR, channels: ['press'] },
      ],
    });
    const alert = await open(rule);
    const started = await now();
    await rig.env.sleep(3 * HOUR);
    const view = await alert.executeUpdate(acknowledgeUpdate, { args: [{ by: 'ada', comment: 'on it' }] });
    expect(view).toMatchObject({ status: 'acknowledged', severity: 'critical', escalated: 2 });
    await rig.env.sleep(24 * HOUR);
    await end(alert);
    await ended(alert);
    expect(kinds().slice(0, 3)).toEqual(['firing ops', 'escalated pager', 'escalated boss']);
    const [acknowledged, resolved] = [kinds().slice(3, 6), kinds().slice(6)];
    expect(acknowledged.toSorted()).toEqual(['acknowledged boss', 'acknowledged ops', 'acknowledged pager']);
    expect(resolved.toSorted()).toEqual(['resolved boss', 'resolved ops', 'resolved pager']);
    const [, pager, boss] = sent;
    expect(Math.round(((pager?.at ?? 0) - started) / MINUTE)).toBe(30);
    expect(Math.round(((boss?.at ?? 0) - started) / MINUTE)).toBe(120);
  });

  it('escalates at once when none of its channels takes the message', async () => {
    failures['ops'] = [ApplicationFailure.nonRetryable('no such webhook', 'ChannelRefused')];
    const alert = await open(aRule({ escalate: [{ after_ms: HOUR, channels: ['pager'] }] }));
    await rig.env.sleep(MINUTE);
    expect(kinds()).toEqual(['escalated pager']);
    expect(await alert.query(alertQuery)).toMatchObject({
      channels: { ops: { sent: 0, error: 'no such webhook' }, pager: { sent: 1, error: null } },
    });
    await end(alert);
    await ended(alert);
    expect(kinds()).toEqual(['escalated pager', 'resolved pager']);
  });

  it('tries again for as long as a channel is out of order, and keeps the order of its messages', async () => {
    failures['ops'] = Array.from({ length: 20 }, () => ApplicationFailure.retryable('503', 'ChannelError'));
    const alert = await open(aRule());
    await end(alert);
    await rig.env.sleep(2 * HOUR);
    await ended(alert);
    expect(kinds()).toEqual(['firing ops', 'resolved ops']);
  });

  it('gives a message up after a day, and says so', async () => {
    failures['ops'] = Array.from({ length: 1_000 }, () =>
      ApplicationFailure.retryable('503', 'ChannelError'),
    );
    const alert = await open(aRule());
    await rig.env.sleep(25 * HOUR);
    expect(await alert.query(alertQuery)).toMatchObject({ channels: { ops: { sent: 0, error: '503' } } });
    failures = {};
    await end(alert);
    expect(kinds()).toEqual([]);
  });

  it('reminds until it is acknowledged, which a signal does too', async () => {
    const alert = await open(aRule({ repeat_ms: 4 * HOUR }));
    await rig.env.sleep(9 * HOUR);
    await alert.signal(acknowledgeSignal, { by: 'ada' });
    await alert.signal(acknowledgeSignal, { by: 'bob' });
    await rig.env.sleep(9 * HOUR);
    await expect(alert.executeUpdate(acknowledgeUpdate, { args: [{ by: 'bob' }] })).rejects.toThrow(
      'Update failed',
    );
    await end(alert);
    expect(await ended(alert)).toMatchObject({ acknowledged: { by: 'ada', comment: null } });
    expect(kinds()).toEqual([
      'firing ops',
      'repeated ops',
      'repeated ops',
      'acknowledged ops',
      'resolved ops',
    ]);
  });

  it('is not told when it ends before it has held long enough, or was not found often enough', async () => {
    const short = await open(aRule({ for_ms: HOUR }));
    await rig.env.sleep(30 * MINUTE);
    await end(short);
    expect(await ended(short)).toMatchObject({ status: 'resolved', channels: {} });
    const rare = await open(aRule({ after_times: 3 }));
    await fireAgain(rare, aRule({ after_times: 3 }), 'second');
    await end(rare);
    await ended(rare);
    expect(kinds()).toEqual([]);
  });

  it('is told once it has held long enough and was found often enough', async () => {
    const rule = aRule({ for_ms: HOUR, after_times: 2 });
    const alert = await open(rule);
    const started = await now();
    await rig.env.sleep(2 * HOUR);
    expect(kinds()).toEqual([]);
    await fireAgain(alert, rule, 'second');
    await rig.env.sleep(MINUTE);
    expect(kinds()).toEqual(['firing ops']);
    expect(Math.floor(((sent[0]?.at ?? 0) - started) / HOUR)).toBe(2);
    await end(alert);
    await ended(alert);
  });

  it('ends when it is cancelled, as if a person had closed it', async () => {
    const alert = await open(aRule());
    await rig.env.sleep(MINUTE);
    await alert.cancel();
    expect(await ended(alert)).toMatchObject({ status: 'resolved', ended: { by: 'cancellation' } });
    expect(kinds()).toEqual(['firing ops', 'resolved ops']);
  });
});

describe('quiet hours', () => {
  /** Moves the clock of the server to this hour of a day in UTC. */
  async function waitForHour(hour: number): Promise<void> {
    const day = 24 * HOUR;
    const passed = (await now()) % day;
    await rig.env.sleep((hour * HOUR - passed + day) % day);
  }

  const quiet = { from: 22 * 60, to: 7 * 60, timezone: 'UTC', below: 'high' } as const;

  it('hold what is less severe until the morning, and do not hold the rest', async () => {
    await waitForHour(23);
    const held = await open(aRule({ quiet_hours: quiet }));
    const urgent = await open(aRule({ quiet_hours: quiet, severity: 'high', channels: ['pager'] }));
    await rig.env.sleep(HOUR);
    expect(kinds()).toEqual(['firing pager']);
    expect((await held.query(alertQuery)).held_until).toMatch(/T07:00:00/);
    await rig.env.sleep(8 * HOUR);
    expect(kinds()).toEqual(['firing pager', 'firing ops']);
    expect(new Date(sent[1]?.at ?? 0).toISOString()).toMatch(/T07:0[01]/);
    await end(held);
    await end(urgent);
    await ended(held);
    await ended(urgent);
  });

  it('tell in one message in the morning what has ended in the night, and do not escalate meanwhile', async () => {
    await waitForHour(23);
    const rule = aRule({ quiet_hours: quiet, escalate: [{ after_ms: MINUTE, channels: ['pager'] }] });
    const alert = await open(rule);
    await rig.env.sleep(HOUR);
    await end(alert);
    await rig.env.sleep(HOUR);
    await fireAgain(alert, rule, 'second');
    await rig.env.sleep(HOUR);
    await end(alert);
    await rig.env.sleep(5 * HOUR);
    expect(await ended(alert)).toMatchObject({ count: 2, escalated: 0 });
    expect(kinds()).toEqual(['resolved ops']);
    expect(new Date(sent[0]?.at ?? 0).getUTCHours()).toBe(7);
  });
});

describe('an alert with a long life', () => {
  it('goes on over many histories without telling anything twice', async () => {
    const rule = aRule();
    const alert = await open(rule, { continue_at_events: 30 });
    for (let run = 0; run < 40; run++) {
      // oxlint-disable-next-line no-await-in-loop
      await fireAgain(alert, rule, `run-${run}`);
    }
    const latest = rig.env.client.workflow.getHandle(alert.workflowId);
    expect((await latest.query(alertQuery)).count).toBe(41);
    expect((await latest.describe()).runId).not.toBe(
      (await alert.describe()).raw.workflowExecutionInfo?.firstRunId,
    );
    await end(latest);
    await ended(latest);
    expect(kinds()).toEqual(['firing ops', 'resolved ops']);
  });
});
