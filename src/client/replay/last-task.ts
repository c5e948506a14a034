import proto from '@temporalio/proto';

type Event = proto.temporal.api.history.v1.IHistoryEvent;

const { EventType } = proto.temporal.api.enums.v1;

/** A history as a worker gets it together with a query. */
export type QueriedHistory = {
  readonly events: readonly Event[];
  /** Start of the last workflow task that was completed: up to it the worker replays. */
  readonly replayedTo: number;
  /** Start of one more workflow task, which takes in what has happened since; null where nothing has. */
  readonly taskAt: number | null;
};

/** What a run has to take in, in a workflow task. */
const NEWS: ReadonlySet<number> = new Set([
  EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
  EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
  EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
  EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED,
  EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED,
  EventType.EVENT_TYPE_TIMER_FIRED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
]);

const WAITING_TO_BEGIN: ReadonlySet<number> = new Set([
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
]);

/** Ends that come over a run without asking it. */
const CUT_SHORT: ReadonlySet<number> = new Set([
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
]);

/**
 * Gives a run that was cut short what it had not taken in by then, such as the result of a stage that ended while no
 * worker was there: what is done must not be done again. Other histories stay as they are.
 */
export function withLastTask(history: readonly Event[]): QueriedHistory {
  const { start, completion } = lastCompleted(history);
  const isCutShort = CUT_SHORT.has(history.at(-1)?.eventType ?? 0);
  const hasNews = history.slice(completion + 1).some(({ eventType }) => NEWS.has(eventType ?? 0));
  if (!isCutShort || !hasNews) return { events: history, replayedTo: start, taskAt: null };
  const events = [...history.slice(0, -1), ...newTask(history)];
  return { events, replayedTo: start, taskAt: events.length };
}

/**
 * True for a run that waits for its first worker. To replay it would be to run it, and to tell what has not happened. One
 * that went on in a new history has begun in the one before.
 */
export function hasNotBegun(history: readonly Event[]): boolean {
  const isContinued =
    (history[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '') !== '';
  return !isContinued && history.every(({ eventType }) => WAITING_TO_BEGIN.has(eventType ?? 0));
}

/** The ID under which the last completed workflow task started, and the position of its completion. */
function lastCompleted(history: readonly Event[]): { readonly start: number; readonly completion: number } {
  const last = { started: 0, start: 0, completion: -1 };
  for (const [position, { eventId, eventType }] of history.entries()) {
    if (eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED) last.started = Number(eventId);
    if (eventType !== EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) continue;
    last.start = last.started;
    last.completion = position;
  }
  return last;
}

/** A workflow task in place of the end of a history; one that waits for a worker already is started. */
function newTask(history: readonly Event[]): readonly Event[] {
  const { eventTime } = history.at(-1) ?? {};
  const tasks = history.filter(({ eventType }) => TASKS.has(eventType ?? 0));
  const waiting = tasks.at(-1);
  const next = history.length;
  const isWaiting = waiting?.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED;
  const scheduledEventId = isWaiting ? waiting.eventId : next;
  const scheduled = {
    eventId: next,
    eventTime,
    eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
    workflowTaskScheduledEventAttributes: {},
  };
  const started = {
    eventId: isWaiting ? next : next + 1,
    eventTime,
    eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
    workflowTaskStartedEventAttributes: { scheduledEventId },
  };
  return (isWaiting ? [started] : [scheduled, started]) as unknown as readonly Event[];
}

const TASKS: ReadonlySet<number> = new Set([
  EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
]);
