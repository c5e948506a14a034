import {
  type Client,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type ScheduleOptions,
} from '@temporalio/client';
import type { MonitorResult } from '../../engine/health/monitor.js';
import { MONITOR_SCHEDULE, MONITOR_WORKFLOW } from '../../shared/names.js';
import { ClientError } from '../client-error.js';

export type MonitorSettings = { readonly every_ms: number; readonly task_queue: string };

/** The monitor as it stands. Times are ISO 8601 in UTC. */
export type MonitorStatus = MonitorSettings & {
  readonly paused: boolean;
  readonly note: string | null;
  readonly next_at: string | null;
  /** When it looked last, and what it found; null while that goes on, or when the look itself failed. */
  readonly last: {
    readonly at: string;
    readonly workflow_id: string;
    readonly result: MonitorResult | null;
  } | null;
};

/** Makes the schedule of the monitor, or gives it other settings. True when there was none. */
export async function startMonitor(client: Client, settings: MonitorSettings): Promise<boolean> {
  const options = optionsOf(settings);
  const handle = client.schedule.getHandle(MONITOR_SCHEDULE);
  try {
    const before = await handle.describe();
    if (before.action.workflowType !== MONITOR_WORKFLOW) throw notOurs();
    await handle.update(() => ({ ...options, state: { paused: false } }));
    await handle.trigger();
    return false;
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
  await client.schedule.create({ ...options, state: { triggerImmediately: true } });
  return true;
}

/** Removes the schedule. False when there was none. */
export async function stopMonitor(client: Client): Promise<boolean> {
  const handle = client.schedule.getHandle(MONITOR_SCHEDULE);
  try {
    if ((await handle.describe()).action.workflowType !== MONITOR_WORKFLOW) throw notOurs();
    await handle.delete();
    return true;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false;
    throw error;
  }
}

/** Null when it was never started, or was stopped. */
export async function monitorStatus(client: Client): Promise<MonitorStatus | null> {
  try {
    const { spec, state, info, action } = await client.schedule.getHandle(MONITOR_SCHEDULE).describe();
    if (action.workflowType !== MONITOR_WORKFLOW) throw notOurs();
    const last = info.recentActions.at(-1);
    return {
      every_ms: spec.intervals?.[0]?.every ?? 0,
      task_queue: action.taskQueue,
      paused: state.paused,
      note: state.note === undefined || state.note === '' ? null : state.note,
      next_at: info.nextActionTimes[0]?.toISOString() ?? null,
      last: last === undefined ? null : await lookOf(client, last.takenAt, last.action.workflow.workflowId),
    };
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

/** Its result lies in its history, so that no worker is needed to read it. */
async function lookOf(
  client: Client,
  takenAt: Date,
  workflowId: string,
): Promise<NonNullable<MonitorStatus['last']>> {
  const handle = client.workflow.getHandle(workflowId);
  const at = takenAt.toISOString();
  const isDone = await handle.describe().then(
    ({ status }) => status.name === 'COMPLETED',
    () => false,
  );
  return { at, workflow_id: workflowId, result: isDone ? ((await handle.result()) as MonitorResult) : null };
}

function optionsOf({ every_ms, task_queue }: MonitorSettings): ScheduleOptions {
  return {
    scheduleId: MONITOR_SCHEDULE,
    spec: { intervals: [{ every: every_ms }] },
    action: {
      type: 'startWorkflow',
      workflowType: MONITOR_WORKFLOW,
      workflowId: MONITOR_SCHEDULE,
      taskQueue: task_queue,
      args: [],
      // One that no worker took must not stand in the way of the next for ever.
      workflowExecutionTimeout: Math.max(5 * every_ms, 300_000),
      staticSummary: 'looks at all pipelines',
    },
    // What was not looked at in time is of no use later.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: 60_000 },
  };
}

function notOurs(): ClientError {
  return new ClientError(
    'refused',
    `The schedule "${MONITOR_SCHEDULE}" starts something else than Sluice's monitor.`,
    {
      hint: 'Delete or rename it first; Sluice never touches schedules of others.',
    },
  );
}
