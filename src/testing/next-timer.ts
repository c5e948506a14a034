import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';

type Event = temporal.api.history.v1.IHistoryEvent;
type PendingActivity = temporal.api.workflow.v1.IPendingActivityInfo;
type Timestamp = Event['eventTime'];

/**
 * When something will happen to a workflow, or to its children, by itself: a timer rings or an attempt follows. In
 * milliseconds since 1970; `busy` while the run itself is at work, null when only somebody else can move it. For a time
 * in which no activity runs.
 */
export async function nextTimer(client: Client, workflowId: string): Promise<number | 'busy' | null> {
  const handle = client.workflow.getHandle(workflowId);
  const [history, { raw }] = await Promise.all([handle.fetchHistory(), handle.describe()]);
  const events = history.events ?? [];
  if (hasOpenTask(events)) return 'busy';
  const own = [
    ...openTimers(events),
    ...(raw.pendingActivities ?? []).map((one) => nextAttempt(one, events)),
  ];
  const children = await Promise.all(openChildren(events).map((child) => nextTimer(client, child)));
  const all = [...own, ...children];
  if (all.includes('busy')) return 'busy';
  const times = all.filter((time) => typeof time === 'number');
  return times.length === 0 ? null : Math.min(...times);
}

/** The workflow has not yet been asked about all that happened. */
function hasOpenTask(events: readonly Event[]): boolean {
  const scheduled = events.findLastIndex((event) => isSet(event.workflowTaskScheduledEventAttributes));
  const ended = events.findLastIndex(
    ({ workflowTaskCompletedEventAttributes: completed, workflowTaskFailedEventAttributes: failed }) =>
      isSet(completed) || isSet(failed),
  );
  return scheduled > ended;
}

function openTimers(events: readonly Event[]): readonly number[] {
  const open = new Map<string, number>();
  for (const event of events) {
    const started = event.timerStartedEventAttributes;
    if (isSet(started)) {
      open.set(String(event.eventId), millis(event.eventTime) + millis(started.startToFireTimeout));
    }
    const ended = event.timerFiredEventAttributes ?? event.timerCanceledEventAttributes;
    if (isSet(ended)) open.delete(String(ended.startedEventId));
  }
  return [...open.values()];
}

function openChildren(events: readonly Event[]): readonly string[] {
  const open = new Set<string>();
  for (const event of events) {
    const started = event.childWorkflowExecutionStartedEventAttributes;
    if (isSet(started)) open.add(started.workflowExecution?.workflowId ?? '');
    const ended =
      event.childWorkflowExecutionCompletedEventAttributes ??
      event.childWorkflowExecutionFailedEventAttributes ??
      event.childWorkflowExecutionCanceledEventAttributes ??
      event.childWorkflowExecutionTimedOutEventAttributes ??
      event.childWorkflowExecutionTerminatedEventAttributes;
    if (isSet(ended)) open.delete(ended.workflowExecution?.workflowId ?? '');
  }
  return [...open];
}

/**
 * The test server says neither when the next attempt is due nor that it does not run yet, so its time is computed as the
 * server does it.
 */
function nextAttempt(activity: PendingActivity, events: readonly Event[]): number | 'busy' {
  const { activityId, attempt, lastStartedTime } = activity;
  const number = attempt ?? 1;
  if (number < 2) return 'busy';
  if (isSet(activity.nextAttemptScheduleTime)) return millis(activity.nextAttemptScheduleTime);
  const scheduled = events.findLast(
    (event) => event.activityTaskScheduledEventAttributes?.activityId === activityId,
  );
  const policy = scheduled?.activityTaskScheduledEventAttributes?.retryPolicy;
  const delay = millis(policy?.initialInterval) * (policy?.backoffCoefficient ?? 2) ** (number - 2);
  const longest = isSet(policy?.maximumInterval) ? millis(policy.maximumInterval) : Infinity;
  return millis(lastStartedTime) + Math.min(delay, longest);
}

/** Fields that were not sent are null or missing. */
function isSet<T>(field: T | null | undefined): field is T {
  return field !== null && field !== undefined;
}

function millis(time: Timestamp): number {
  return Number(time?.seconds ?? 0) * 1000 + Math.floor((time?.nanos ?? 0) / 1e6);
}
