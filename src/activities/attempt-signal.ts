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
  dispose(): void;
}

/**
 * One signal for everything that ends an attempt. The server tells a worker of a timeout only by the next heartbeat,
 * or never, so the limit of the attempt is kept here as well.
 */
export function attemptSignal(context: Context): AttemptSignal {
  const outer = context.cancellationSignal;
  const limitMs = context.info.startToCloseTimeoutMs;
  const controller = new AbortController();
  let reason: StopReason | null = null;

  const stop = (why: StopReason, error: unknown): void => {
    if (reason !== null) return;
    reason = why;
    controller.abort(error);
  };
  const onOuter = (): void => stop(outerReason(outer.reason), outer.reason);
  if (outer.aborted) onOuter();
  else outer.addEventListener('abort', onOuter, { once: true });
  // A timer longer than 2^31 ms would fire at once; nothing is lost by leaving 24 days to the server.
  const hasLimit = limitMs > 0 && limitMs < 2 ** 31;
  const onLimit = (): void =>
    stop('timeout', new DOMException(`Ran longer than ${limitMs} ms.`, 'TimeoutError'));
  const timer = hasLimit ? setTimeout(onLimit, limitMs).unref() : undefined;

  return {
    signal: controller.signal,
    stopReason: () => reason,
    dispose: () => {
      clearTimeout(timer);
      outer.removeEventListener('abort', onOuter);
    },
  };
}

function outerReason(reason: unknown): StopReason {
  if (!(reason instanceof CancelledFailure)) return 'cancelled';
  if (reason.message === 'WORKER_SHUTDOWN') return 'shutdown';
  return reason.message === 'TIMED_OUT' ? 'timeout' : 'cancelled';
}
