import { ApplicationFailure, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { RunResult } from '../../src/engine/result.js';

/** The result of a run that ends in any way: the workflow's own, its failure's detail, or its last status. */
export async function resultOf(handle: WorkflowHandle): Promise<RunResult> {
  try {
    return (await handle.result()) as RunResult;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    if (error.cause instanceof ApplicationFailure && error.cause.details?.[0] !== undefined) {
      return error.cause.details[0] as RunResult;
    }
    if (error.cause?.name === 'CancelledFailure') return handle.query<RunResult>('status');
    throw error.cause ?? error;
  }
}
