import type { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';

/**
 * Why an attempt was told to stop:
 * - `cancelled`: the run no longer wants it.
 * - `timeout`: it ran past its own limit.
 * - `shutdown`: its worker is ending; another worker will run the next attempt.
 */
export type StopReason = 'cancelled' | 'timeout' | 'shutdown';

export interface AttemptSignal {
  readonly signal: AbortSignal;
  /** Null while the attempt may go on. */
  stopReason(): StopReason | null;
  /** Calls `listener` with the reason once, when the attempt is told to stop or at once if it was. */
  onStop(listener: (error: unknown) => void): void;
  dispose(): void;
}

/**
 * One signal for everything that ends an attempt. The server tells a worker of a timeout only by the next heartbeat,
 * or never, so the limit of the attempt is kept here as well.
 */
export function attemptSignal(context: Context): AttemptSignal {
  const limitMs = context.info.startToCloseTimeoutMs;
  let stopped: { readonly why: StopReason; readonly error: unknown } | null = null;
  // Most stages never look at their signal, and one costs more than the rest of this.
  let controller: AbortController | undefined;
  const listeners: Array<(error: unknown) => void> = [];

  const stop = (why: StopReason, error: unknown): void => {
    if (stopped !== null) return;
    stopped = { why, error };
    controller?.abort(error);
    for (const listener of listeners.splice(0)) listener(error);
  };
  // The promise rather than the signal: a listener on a signal is many times as dear.
  context.cancelled.catch((error: unknown) => stop(outerReason(error), error));
  // A timer longer than 2^31 ms would fire at once; nothing is lost by leaving 24 days to the server.
  const hasLimit = limitMs > 0 && limitMs < 2 ** 31;
  const onLimit = (): void =>
    stop('timeout', new DOMException(`Ran longer than ${limitMs} ms.`, 'TimeoutError'));
  const timer = hasLimit ? setTimeout(onLimit, limitMs).unref() : undefined;

  return {
    get signal() {
      if (controller === undefined) {
        controller = new AbortController();
        if (stopped !== null) controller.abort(stopped.error);
      }
      return controller.signal;
    },
    stopReason: () => stopped?.why ?? null,
    onStop: (listener) => {
      if (stopped === null) listeners.push(listener);
      else listener(stopped.error);
    },
    dispose: () => {
      listeners.length = 0;
      clearTimeout(timer);
    },
  };
}

function outerReason(reason: unknown): StopReason {
  if (!(reason instanceof CancelledFailure)) return 'cancelled';
  if (reason.message === 'WORKER_SHUTDOWN') return 'shutdown';
  return reason.message === 'TIMED_OUT' ? 'timeout' : 'cancelled';
}
