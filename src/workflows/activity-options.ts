import type { ActivityOptions, LocalActivityOptions, RetryPolicy } from '@temporalio/common';
import { ActivityCancellationType } from '@temporalio/workflow';
import type { RetryPlan, StagePlan } from '../engine/plan.js';

/**
 * Bounds of a stage's activity. `timeout` bounds one attempt and is always set; the heartbeat timeout notices a
 * dead worker long before it. Cancellation waits for the stage to end, so that clean-up in `finally` never runs
 * beside it; a worker that died meanwhile is given up after the heartbeat timeout.
 */
export function activityOptions(stage: StagePlan): ActivityOptions {
  return {
    activityId: stage.id,
    summary: summaryOf(stage),
    startToCloseTimeout: stage.timeout_ms,
    heartbeatTimeout: stage.heartbeat_timeout_ms,
    retry: retryPolicy(stage.retry),
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    ...(stage.total_timeout_ms === null ? {} : { scheduleToCloseTimeout: stage.total_timeout_ms }),
    ...(stage.queue_timeout_ms === null ? {} : { scheduleToStartTimeout: stage.queue_timeout_ms }),
    ...(stage.task_queue === null ? {} : { taskQueue: stage.task_queue }),
    ...(stage.priority === null ? {} : { priority: { priorityKey: stage.priority } }),
  };
}

/** Bounds of a stage that runs as a local activity: it has no heartbeat, and the run's own worker executes it. */
export function localActivityOptions(stage: StagePlan): LocalActivityOptions {
  return {
    summary: summaryOf(stage),
    startToCloseTimeout: stage.timeout_ms,
    retry: retryPolicy(stage.retry),
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    ...(stage.total_timeout_ms === null ? {} : { scheduleToCloseTimeout: stage.total_timeout_ms }),
  };
}

/** The retry policy that Temporal applies; `retryable_errors` is applied by the stage's worker. */
export function retryPolicy(retry: RetryPlan): RetryPolicy {
  return {
    initialInterval: retry.initial_delay_ms,
    backoffCoefficient: retry.backoff,
    maximumInterval: Math.max(retry.max_delay_ms, retry.initial_delay_ms),
    ...(retry.max_attempts === 0 ? {} : { maximumAttempts: retry.max_attempts }),
    nonRetryableErrorTypes: [...retry.non_retryable_errors],
  };
}

/** What the Temporal Web UI shows beside the stage's events. */
export function summaryOf(stage: StagePlan): string {
  return stage.name === stage.id ? stage.id : `${stage.id} · ${stage.name}`;
}
