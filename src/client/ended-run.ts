import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common';
import type {
  FinalStatus,
  RunEndStatus,
  RunResult,
  RunStatus,
  StageError,
  StageResult,
} from '../engine/result.js';
import { ERROR_TYPE } from '../shared/names.js';

/** How a run ended when no result of its own is at hand. */
export type Ending = {
  readonly status: RunEndStatus;
  readonly error: StageError | null;
};

/** The type of the error in the result of a run that was terminated. */
const TERMINATED = 'Terminated';

/** How a run ended, read from the error of waiting for it. Throws that error when it says something else. */
export function endingOf(error: unknown): Ending {
  if (!(error instanceof WorkflowFailedError)) throw error;
  const { cause } = error;
  if (cause instanceof CancelledFailure) return { status: 'cancelled', error: null };
  if (cause instanceof TerminatedFailure) {
    return { status: 'cancelled', error: { type: TERMINATED, message: cause.message, stage: '' } };
  }
  if (cause instanceof TimeoutFailure) {
    return {
      status: 'timed_out',
      error: { type: ERROR_TYPE.timeout, message: 'The run went past its time limit.', stage: '' },
    };
  }
  const type = cause instanceof ApplicationFailure ? (cause.type ?? 'Error') : 'Error';
  const message = cause?.message ?? error.message;
  return {
    status: type === ERROR_TYPE.pipelineTimedOut ? 'timed_out' : 'failed',
    error: { type, message, stage: '' },
  };
}

/**
 * The result of a run from the last status that is known: what had not ended by then counts as cancelled. The status
 * keeps its own end when it has one.
 */
export function resultFromStatus(status: RunStatus, ending: Ending, endedAt: string): RunResult {
  const { progress: _progress, notes: _notes, undone, ...rest } = status;
  const ended = status.ended_at ?? endedAt;
  return {
    ...rest,
    status: ending.status,
    success: ending.status === 'succeeded',
    ended_at: ended,
    total_duration_ms: Math.max(0, Date.parse(ended) - Date.parse(status.started_at)),
    error: status.error ?? ending.error,
    stages: finished(status.stages, ended),
    hooks: finished(status.hooks, ended),
    ...(undone === undefined ? {} : { undone: finished(undone, ended) }),
  };
}

/** A status for a run that no worker answers for: only what Temporal itself knows. */
export function bareStatus(facts: {
  readonly pipeline: string;
  readonly version: string;
  readonly workflow_id: string;
  readonly run_id: string;
  readonly mode: string | null;
  readonly status: RunStatus['status'];
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly duration_ms: number;
  readonly notes?: readonly string[];
}): RunStatus {
  const { duration_ms, notes = [], ...rest } = facts;
  return {
    ...rest,
    success: facts.ended_at === null ? null : facts.status === 'succeeded',
    partial: false,
    total_duration_ms: duration_ms,
    error: null,
    outputs: {},
    executed_stages: [],
    skipped_stages: [],
    failed_stages: [],
    stages: {},
    hooks: {},
    metrics: {},
    state: {},
    progress: { total: 0, done: 0, running: 0, failed: 0, fraction: 0 },
    notes,
  };
}

/** A run's result as a status, for those who ask for the status of a run that ended. */
export function statusFromResult(result: RunResult): RunStatus {
  const stages = Object.values(result.stages);
  return {
    ...result,
    progress: {
      total: stages.length,
      done: stages.length,
      running: 0,
      failed: result.failed_stages.length,
      fraction: 1,
    },
    notes: [],
  };
}

function finished(
  stages: Readonly<Record<string, StageResult>>,
  endedAt: string,
): Record<string, StageResult<FinalStatus>> {
  return Object.fromEntries(Object.entries(stages).map(([id, stage]) => [id, finishedStage(stage, endedAt)]));
}

function finishedStage(stage: StageResult, endedAt: string): StageResult<FinalStatus> {
  switch (stage.status) {
    case 'pending':
    case 'waiting':
    case 'running':
    case 'awaiting_approval':
    case 'held':
      return { ...stage, status: 'cancelled', ended_at: stage.started_at === null ? null : endedAt };
    default:
      return { ...stage, status: stage.status };
  }
}
