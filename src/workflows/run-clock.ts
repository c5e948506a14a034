import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { Plan } from '../engine/plan.js';
import { formatDuration } from '../shared/format-duration.js';

export type Clock = Pick<CancellationScope, 'cancel'>;

const UNBOUNDED: Clock = { cancel: () => undefined };

/** Bounds the whole run, hooks apart, by a durable timer that goes on over continue-as-new. */
export function startClock(plan: Plan, startedAt: number, onTimeout: (note: string) => void): Clock {
  const { timeout_ms } = plan;
  if (timeout_ms === null) return UNBOUNDED;
  const clock = new CancellationScope();
  const left = Math.max(1, startedAt + timeout_ms - Date.now());
  void clock
    .run(() => sleep(left, { summary: 'timeout of the run' }))
    .then(() => onTimeout(`timed out after ${formatDuration(timeout_ms)}`))
    .catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  return clock;
}
