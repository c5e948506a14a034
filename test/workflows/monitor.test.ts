import { ApplicationFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AlertEnd, type AlertEvent, alertKey } from '../../src/engine/alert-event.js';
import type { AlertView } from '../../src/engine/alert-state.js';
import type { MonitorLook, MonitorResult } from '../../src/engine/health/monitor.js';
import { ACTIVITY, alertWorkflowId, MONITOR_WORKFLOW } from '../../src/shared/names.js';
import { workflowBundlePath } from '../../src/worker/workflow-bundle.js';
import { alertQuery } from '../../src/workflows/alert/messages.js';
import { WorkflowRig } from '../support/workflow-rig.js';

let rig: WorkflowRig;
const looks: Array<() => MonitorLook> = [];
const told: unknown[] = [];

beforeAll(async () => {
  const look = (): MonitorLook => (looks.shift() ?? (() => aLook([], [])))();
  rig = await WorkflowRig.create({
    [ACTIVITY.health]: look as never,
    [ACTIVITY.alert]: ((task: unknown) => void told.push(task)) as never,
  });
});

afterAll(() => rig.close());

const AT = '2026-03-02T12:00:00.000Z';
const RULE = {
  name: 'store',
  when: 'true',
  by: 'monitor',
  severity: 'critical',
  channels: ['mail'],
} as const;

function anEvent(subject: string): AlertEvent {
  const key = alertKey('sluice.health', RULE, subject);
  return { key, rule: RULE, message: 'gone', facts: { subject }, at: AT, source: 'monitor' };
}

function aLook(raise: readonly AlertEvent[], end: readonly AlertEnd[]): MonitorLook {
  const level = raise.length === 0 ? 'ok' : 'fail';
  return { result: { at: AT, level, pipelines: 3, problems: [] }, raise, end };
}

/** One look, replayed at its end. */
async function monitor(id: string): Promise<MonitorResult> {
  const handle = await rig.env.client.workflow.start(MONITOR_WORKFLOW, { taskQueue: 'rig', workflowId: id });
  const result = (await handle.result()) as MonitorResult;
  const bundle = { workflowBundle: { codePath: await workflowBundlePath() } };
  await Worker.runReplayHistory(bundle, await handle.fetchHistory(), id);
  return result;
}

const alertOf = (event: AlertEvent) => rig.env.client.workflow.getHandle(alertWorkflowId(event.key));

it('raises each alert once however often it is found, and ends it when it is over', async () => {
  const [store, queue] = [anEvent('store'), anEvent('gpu')];
  looks.push(
    () => aLook([store, queue], []),
    () => aLook([store], []),
    () => aLook([], [{ key: store.key, at: '2026-03-02T12:03:00.000Z', reason: 'it is back' }]),
  );
  expect(await monitor('monitor/1')).toMatchObject({
    level: 'fail',
    pipelines: 3,
    raised: [store.key, queue.key],
    ended: [],
  });
  await monitor('monitor/2');
  const view = await alertOf(store).query<AlertView>(alertQuery);
  expect(view).toMatchObject({ key: store.key });
  expect(await monitor('monitor/3')).toMatchObject({ raised: [], ended: [store.key] });
  expect(await alertOf(store).result()).toMatchObject({ key: store.key });
  await alertOf(queue).cancel();
  await alertOf(queue).result();
});

it('ends in peace where the alert is gone already', async () => {
  looks.push(() => aLook([], [{ key: anEvent('never').key, at: AT, reason: 'it is back' }]));
  expect(await monitor('monitor/4')).toMatchObject({ ended: [anEvent('never').key] });
});

it('fails when nothing can be found out, so that the schedule shows it', async () => {
  looks.push(
    ...[1, 2].map(() => () => {
      throw ApplicationFailure.nonRetryable('no server answers');
    }),
  );
  await expect(monitor('monitor/5')).rejects.toThrow('Workflow execution failed');
  looks.length = 0;
});
