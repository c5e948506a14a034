import {
  allHandlersFinished,
  ApplicationFailure,
  CancelledFailure,
  condition,
  upsertMemo,
} from '@temporalio/workflow';
import { assertNever } from '../shared/assert-never.js';
import type { RunResult } from '../engine/result.js';
import type { RunInput } from '../engine/run-input.js';
import { JOURNAL_MEMO } from '../engine/run-journal.js';
import { type RunFile, runResult } from '../engine/run-result.js';
import { SUMMARY_MEMO, summarize } from '../engine/run-summary.js';
import { ERROR_TYPE } from '../shared/names.js';
import { publishStatus } from './search-attributes.js';

/**
 * Ends the workflow in the way its result says. Temporal keeps nothing beside a cancellation, so the result of a
 * cancelled run is what its `status` query answers.
 */
export async function endRun(
  file: RunFile,
  { summary, journal }: Pick<RunInput, 'summary' | 'journal'>,
): Promise<RunResult> {
  const result = runResult(file);
  publishStatus(result.status, result.failed_stages);
  if (summary === true) {
    // The journal is in the history; what lists runs need not carry its last page.
    const last = journal === true ? { [JOURNAL_MEMO]: null } : {};
    upsertMemo({ [SUMMARY_MEMO]: summarize(result), ...last });
  }
  if (!allHandlersFinished()) await condition(allHandlersFinished);
  switch (result.status) {
    case 'succeeded':
      return result;
    case 'cancelled':
      throw new CancelledFailure('The run was cancelled');
    case 'failed':
      throw failure(ERROR_TYPE.pipelineFailed, `failed${reason(result)}`, result);
    case 'timed_out':
      throw failure(ERROR_TYPE.pipelineTimedOut, `timed out${reason(result)}`, result);
    default:
      return assertNever(result.status);
  }
}

/**
 * Retryable, so that the `retry` of a stage that runs this pipeline applies; a run of its own has no retry policy. What
 * people rejected is not asked again.
 */
function failure(type: string, message: string, result: RunResult): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: result.error?.type === ERROR_TYPE.rejected,
    details: [result],
  });
}

function reason({ error }: RunResult): string {
  if (error === null) return '';
  return error.stage === '' ? `: ${error.message}` : ` at stage "${error.stage}": ${error.message}`;
}
