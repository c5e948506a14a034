import type { StageResult } from '../../engine/result.js';
import type { JournalEntry } from '../../engine/run-journal.js';
import { isoTime } from '../../engine/stage-record.js';
import type { EventError, RunEventBody, StageErrorEvent } from './run-event.js';

/** The end of a stage as the run's journal tells it; the failure before it, unless that attempt's was told already. */
export function completedFromJournal(
  entry: Extract<JournalEntry, { type: 'ended' }>,
  at: number,
  failedAttempt: number,
): readonly RunEventBody[] {
  const {
    stage,
    status,
    attempts,
    duration_ms,
    error = null,
    skip_reason = null,
    reused_from = null,
  } = entry;
  return completed(
    { stage, status, attempts, duration_ms, error, skip_reason, reused_from },
    at,
    failedAttempt,
  );
}

/** The end of a stage as only the result of its run tells it. */
export function completedFromResult(stage: string, result: StageResult, at: number): readonly RunEventBody[] {
  const { status, attempts, duration_ms, error, skip_reason, reused_from, ended_at } = result;
  const shown = error === null ? null : { type: error.type, message: error.message };
  const facts = {
    stage,
    status: status as Completed['status'],
    attempts,
    duration_ms,
    skip_reason,
    reused_from,
  };
  return completed({ ...facts, error: shown }, ended_at === null ? at : Date.parse(ended_at), 0);
}

/** Also true of what has no time, where everything was read. */
export function hasEndedAfter({ ended_at }: StageResult, since: number | null): boolean {
  if (since === null || since === 0) return true;
  return ended_at !== null && Date.parse(ended_at) > since;
}

type Completed = Omit<Extract<RunEventBody, { type: 'stage_completed' }>, 'type' | 'at'>;

function completed(facts: Completed, at: number, failedAttempt: number): readonly RunEventBody[] {
  const { stage, status, attempts, error } = facts;
  const end: RunEventBody = { type: 'stage_completed', at: isoTime(at), ...facts };
  const hasFailed = status === 'failed' || status === 'timed_out';
  if (!hasFailed || attempts === failedAttempt) return [end];
  return [errorEvent(stage, at, { attempt: attempts, error, next: null, willRetry: false }), end];
}

export function errorEvent(
  stage: string,
  at: number,
  failed: {
    readonly attempt: number;
    readonly error: EventError | null;
    /** Milliseconds since the epoch. */
    readonly next: number | null;
    readonly willRetry: boolean;
  },
): StageErrorEvent {
  return {
    type: 'stage_error',
    at: isoTime(at),
    stage,
    attempt: failed.attempt,
    error: failed.error,
    will_retry: failed.willRetry,
    next_attempt_at: isoTime(failed.next),
  };
}
