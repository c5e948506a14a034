import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { RunStatus } from '../engine/result.js';
import { statusQuery, type StatusOptions } from '../workflows/messages.js';
import { isNoAnswer } from './grpc-errors.js';
import { hasWorker } from './task-queue.js';

const PATIENCE_MS = 10_000;
/** A worker that has just ended still seems to be there, and the history of a run that is over tells as much. */
const PATIENCE_AFTER_END_MS = 2_000;

type Asked = Pick<WorkflowExecutionDescription, 'workflowId' | 'runId'>;

/** Asks the worker of a run for its state. Throws when none answers in time. */
export async function askRun(
  client: Client,
  { workflowId, runId }: Asked,
  options: StatusOptions,
  patienceMs: number = PATIENCE_MS,
): Promise<RunStatus> {
  const handle = client.workflow.getHandle(workflowId, runId);
  return client.withDeadline(Date.now() + patienceMs, () => handle.query(statusQuery, options));
}

/** The state of a run, and whether its worker told it; null when neither that nor its history does. */
export type KnownState = { readonly status: RunStatus | null; readonly isFromWorker: boolean };

/**
 * The state of a run from its worker or, where none answers, from its history. A run whose history this version cannot
 * replay, as it was made by a much older or a newer one, is known to its own worker only.
 */
export async function stateOf(
  client: Client,
  run: Asked & Pick<WorkflowExecutionDescription, 'taskQueue' | 'closeTime'>,
  options: StatusOptions,
): Promise<KnownState> {
  const patienceMs = run.closeTime === undefined ? PATIENCE_MS : PATIENCE_AFTER_END_MS;
  // Without a worker a query would wait for its whole time limit.
  if (await hasWorker(client, run.taskQueue)) {
    try {
      return { status: await askRun(client, run, options, patienceMs), isFromWorker: true };
    } catch (error) {
      if (!isNoAnswer(error)) throw error;
    }
  }
  return { status: await stateInHistory(client, run, options), isFromWorker: false };
}

async function stateInHistory(client: Client, run: Asked, options: StatusOptions): Promise<RunStatus | null> {
  // Only here is the worker's part of the SDK needed, which is large.
  const { queryHistory, ReplayError } = await import('./replay/query-history.js');
  try {
    return await queryHistory(client, run, statusQuery, options);
  } catch (error) {
    if (error instanceof ReplayError) return null;
    throw error;
  }
}
