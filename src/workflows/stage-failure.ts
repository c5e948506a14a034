import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  isCancellation,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import { RetryState, TimeoutType } from '@temporalio/common';
import type { StagePlan } from '../engine/plan.js';
import type { StageOutcome } from '../engine/stage-record.js';
import { attemptFailure } from './attempt-failure.js';
import { formatDuration } from '../shared/format-duration.js';
import { ERROR_TYPE } from '../shared/names.js';
import type { TaskFailureDetail } from '../shared/task.js';

/** How a stage ended whose activity threw. */
export function activityOutcome(stage: StagePlan, error: unknown): StageOutcome {
  if (isCancellation(error)) return { status: 'cancelled', attempts: 1 };
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const attempts = attemptsOf(stage, error, cause);
  const failure = attemptFailure(stage, cause);
  if (cause instanceof TimeoutFailure) {
    return { ...timeoutOutcome(stage, timeoutMessage(stage, cause), attempts), failure };
  }
  const type = cause instanceof ApplicationFailure ? (cause.type ?? 'Error') : 'Error';
  const message = cause instanceof Error ? cause.message : String(cause);
  if (type === ERROR_TYPE.timeout) return { ...timeoutOutcome(stage, message, attempts), failure };
  return { status: 'failed', error: { type, message, stage: stage.id }, attempts, failure };
}

/** How a stage ended that failed inside the workflow, before anything ran. */
export function failedOutcome(stage: StagePlan, type: string, message: string): StageOutcome {
  return { status: 'failed', error: { type, message, stage: stage.id }, attempts: 1 };
}

/** How a stage ended whose time was up. */
export function timeoutOutcome(stage: StagePlan, message: string, attempts: number): StageOutcome {
  return { status: 'timed_out', error: { type: ERROR_TYPE.timeout, message, stage: stage.id }, attempts };
}

/** What ended a child workflow, without Temporal's wrapping. */
export function childCause(error: unknown): unknown {
  return error instanceof ChildWorkflowFailure ? error.cause : error;
}

/** True when somebody else than this run ended the child. */
export function wasEndedByOthers(cause: unknown): boolean {
  return cause instanceof CancelledFailure || cause instanceof TerminatedFailure;
}

function attemptsOf(stage: StagePlan, error: unknown, cause: unknown): number {
  if (cause instanceof ApplicationFailure) {
    const detail = cause.details?.[0] as Partial<TaskFailureDetail> | null | undefined;
    if (typeof detail?.attempt === 'number') return detail.attempt;
  }
  const isExhausted =
    error instanceof ActivityFailure && error.retryState === RetryState.MAXIMUM_ATTEMPTS_REACHED;
  return isExhausted ? stage.retry.max_attempts : 1;
}

function timeoutMessage(stage: StagePlan, failure: TimeoutFailure): string {
  switch (failure.timeoutType) {
    case TimeoutType.HEARTBEAT:
      return `its worker gave no sign of life for ${formatDuration(stage.heartbeat_timeout_ms)} (heartbeat_timeout)`;
    case TimeoutType.SCHEDULE_TO_START:
      return `no worker took it within ${formatDuration(stage.queue_timeout_ms ?? 0)} (queue_timeout); see that one polls its task queue`;
    case TimeoutType.SCHEDULE_TO_CLOSE:
      return `it did not end within ${formatDuration(stage.total_timeout_ms ?? stage.timeout_ms)} over all attempts (total_timeout)`;
    default:
      return `an attempt did not end within ${formatDuration(stage.timeout_ms)} (timeout)`;
  }
}
