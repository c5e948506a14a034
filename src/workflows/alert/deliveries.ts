import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  isCancellation,
  scheduleActivity,
} from '@temporalio/workflow';
import { ActivityFailure } from '@temporalio/common';
import type { AlertNotice, AlertView } from '../../engine/alert-state.js';
import type { AlertReceipt, AlertTask } from '../../shared/alert-task.js';
import { ACTIVITY } from '../../shared/names.js';

/** `error` is null for what was sent, a reason for what was given up, undefined for what was taken back. */
type OnEnd = (notice: AlertNotice, error: string | null | undefined) => void;

/** Sends messages, each as an activity that Temporal tries again for a day. */
export class Deliveries {
  readonly #onEnd: OnEnd;
  readonly #open = new Map<string, CancellationScope>();

  constructor(onEnd: OnEnd) {
    this.#onEnd = onEnd;
  }

  start(notice: AlertNotice, alert: AlertView): void {
    const scope = new CancellationScope();
    this.#open.set(notice.id, scope);
    void scope
      .run(() => deliver(notice, alert))
      .then(
        () => null,
        (error: unknown) => (isCancellation(error) ? undefined : reasonOf(error)),
      )
      .then((error) => {
        this.#open.delete(notice.id);
        this.#onEnd(notice, error);
      });
  }

  /** Ends what is being sent; an attempt that runs is waited for. */
  async takeBack(): Promise<void> {
    for (const scope of this.#open.values()) scope.cancel();
    await condition(() => this.#open.size === 0);
  }
}

function deliver(notice: AlertNotice, alert: AlertView): Promise<AlertReceipt> {
  const task: AlertTask = { ...notice, alert: alert };
  return scheduleActivity<AlertReceipt>(ACTIVITY.alert, [task], {
    summary: `${notice.kind} · ${notice.channel}`,
    // An attempt has a shorter limit of its own; this one is for workers that hang.
    startToCloseTimeout: '2m',
    // A worker that died is noticed by this.
    heartbeatTimeout: '10s',
    // What nobody could be told for a day is noted as not told.
    scheduleToCloseTimeout: '24h',
    retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '5m' },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}

function reasonOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? (error.cause ?? error) : error;
  const { message } = cause instanceof Error ? cause : { message: String(cause) };
  return message.slice(0, 500);
}
