import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { temporal } from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';

type Event = temporal.api.history.v1.IHistoryEvent;
type Activity = (...args: never[]) => unknown;

/** Between two looks: long enough that most runs end before the first one. */
const LOOK_MS = 500;

/**
 * The time-skipping server stops its clock while an activity is at work. When one is cancelled that no worker has taken
 * yet, it forgets to let the clock go on, and every later wait would take as long as it says. This lets go for it.
 */
export class ClockKeeper {
  readonly #env: TestWorkflowEnvironment;
  /** Activities that a worker has taken. What is cancelled between two of their attempts does not stop the clock. */
  readonly #taken = new Set<string>();
  readonly #released = new Set<string>();
  /** Workflows that were looked at after their end. */
  readonly #done = new Set<string>();

  constructor(env: TestWorkflowEnvironment) {
    this.#env = env;
  }

  /** The same activities, which are noted when a worker takes them. */
  noting<T extends Activity>(activities: Readonly<Record<string, T>>): Record<string, T> {
    const noting = (run: T) =>
      ((...args) => {
        const { workflowExecution, activityId } = Context.current().info;
        this.#taken.add(`${workflowExecution?.runId}/${activityId}`);
        return run(...args);
      }) as T;
    return Object.fromEntries(Object.entries(activities).map(([name, run]) => [name, noting(run)]));
  }

  /** Looks after the clock while something goes on that begins with these workflows. */
  async during<T>(workflowIds: () => Iterable<string>, work: Promise<T>): Promise<T> {
    if (!this.#env.supportsTimeSkipping) return work;
    const ended = new AbortController();
    const looking = this.#look(workflowIds, ended.signal);
    try {
      return await work;
    } finally {
      ended.abort();
      await looking;
    }
  }

  async #look(workflowIds: () => Iterable<string>, ended: AbortSignal): Promise<void> {
    while (await delay(LOOK_MS, true, { signal: ended }).catch(() => false)) {
      // A look in vain, because a workflow begins or goes on in a new history just now, is made up for by the next one.
      for (const id of workflowIds()) await this.#release(id).catch(() => undefined);
    }
  }

  async #release(workflowId: string): Promise<void> {
    if (this.#done.has(workflowId)) return;
    const { client, connection } = this.#env;
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    const runId = events?.[0]?.workflowExecutionStartedEventAttributes?.originalExecutionRunId ?? '';
    for (const activityId of cancelledBeforeStart(events ?? [])) {
      const key = `${runId}/${activityId}`;
      if (this.#taken.has(key) || this.#released.has(key)) continue;
      this.#released.add(key);
      await connection.testService?.unlockTimeSkipping({});
    }
    for (const child of childrenOf(events ?? [])) await this.#release(child);
    if (hasEnded(events ?? [])) this.#done.add(workflowId);
  }
}

function childrenOf(events: readonly Event[]): readonly string[] {
  return events.flatMap(({ childWorkflowExecutionStartedEventAttributes: started }) =>
    started?.workflowExecution?.workflowId ? [started.workflowExecution.workflowId] : [],
  );
}

function hasEnded(events: readonly Event[]): boolean {
  const last = events.at(-1);
  return Boolean(
    last?.workflowExecutionCompletedEventAttributes ??
    last?.workflowExecutionFailedEventAttributes ??
    last?.workflowExecutionCanceledEventAttributes ??
    last?.workflowExecutionTerminatedEventAttributes ??
    last?.workflowExecutionTimedOutEventAttributes,
  );
}

/** IDs of activities that were cancelled without ever having run. */
function cancelledBeforeStart(events: readonly Event[]): readonly string[] {
  const ids = new Map<string, string>();
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) ids.set(String(event.eventId), scheduled.activityId ?? '');
  }
  return events.flatMap(({ activityTaskCanceledEventAttributes: cancelled }) =>
    cancelled && Number(cancelled.startedEventId ?? 0) <= 0
      ? [ids.get(String(cancelled.scheduledEventId)) ?? '']
      : [],
  );
}
