import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { RunResult } from '../engine/result.js';
import { isJsonObject } from '../shared/json.js';

/** The result that a failed run carries in its failure; null when it has none. */
export function resultInFailure(error: unknown): RunResult | null {
  if (!(error instanceof WorkflowFailedError)) return null;
  const { cause } = error;
  const details =
    cause instanceof ApplicationFailure || cause instanceof CancelledFailure ? cause.details : null;
  const [first] = details ?? [];
  return isRunResult(first) ? first : null;
}

function isRunResult(value: unknown): value is RunResult {
  return isJsonObject(value) && typeof value['status'] === 'string' && isJsonObject(value['stages']);
}
