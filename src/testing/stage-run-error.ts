import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { StageReport } from './stage-report.js';

/** An attempt of a stage failed, or was cancelled: with what a run would know of it. */
export class StageRunError extends Error {
  override readonly name = 'StageRunError';
  /** What `retryable_errors` and the result of a run call it; `Cancelled` for an attempt that was cancelled. */
  readonly type: string;
  /** False ends the stage at once, however many attempts are left. */
  readonly retryable: boolean;
  /** The wait before the next attempt, where the stage asks for one. */
  readonly retryAfterMs: number | undefined;
  readonly report: StageReport;

  constructor(thrown: unknown, report: StageReport) {
    super(thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
    const failure = thrown instanceof ApplicationFailure ? thrown : null;
    const isCancelled = thrown instanceof CancelledFailure;
    this.type = isCancelled ? 'Cancelled' : (failure?.type ?? 'Error');
    this.retryable = !isCancelled && failure?.nonRetryable !== true;
    const delay = failure?.nextRetryDelay;
    this.retryAfterMs = typeof delay === 'number' ? delay : undefined;
    this.report = report;
  }
}
