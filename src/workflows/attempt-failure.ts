import { ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { TimeoutType } from '@temporalio/common';
import type { StagePlan } from '../engine/plan.js';
import type { AttemptFailure } from '../engine/stage-record.js';
import type { Json } from '../shared/json.js';
import type { TaskFailureDetail } from '../shared/task.js';

/** What ended an attempt, as it bears on the next one: what Temporal's own retry looks at. */
export function attemptFailure(stage: StagePlan, cause: unknown): AttemptFailure {
  if (cause instanceof TimeoutFailure) {
    const { timeoutType, lastHeartbeatDetails } = cause;
    const isRetryable = timeoutType === TimeoutType.START_TO_CLOSE || timeoutType === TimeoutType.HEARTBEAT;
    return { isRetryable, delayMs: null, isRateLimited: false, ...checkpointIn(lastHeartbeatDetails) };
  }
  if (!(cause instanceof ApplicationFailure)) {
    return { isRetryable: false, delayMs: null, isRateLimited: false };
  }
  const detail = cause.details?.[0] as Partial<TaskFailureDetail> | null | undefined;
  return {
    isRetryable: cause.nonRetryable !== true && !stage.retry.non_retryable_errors.includes(cause.type ?? ''),
    delayMs: delayOf(cause),
    isRateLimited: detail?.rate_limited === true,
    ...checkpointIn(detail),
  };
}

/** The SDK reads the delay for its own use only; it stands in what the server sent. */
function delayOf({ failure }: ApplicationFailure): number | null {
  const delay = failure?.applicationFailureInfo?.nextRetryDelay;
  if (delay === undefined || delay === null) return null;
  return Number(delay.seconds ?? 0) * 1000 + Math.round((delay.nanos ?? 0) / 1e6);
}

function checkpointIn(details: unknown): { readonly checkpoint?: Json } {
  if (typeof details !== 'object' || details === null || !('checkpoint' in details)) return {};
  return { checkpoint: details.checkpoint as Json };
}
