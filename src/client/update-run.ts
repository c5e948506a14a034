import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, type UpdateDefinition } from '@temporalio/common';
import { ERROR_TYPE } from '../shared/names.js';
import { ClientError } from './client-error.js';
import { isNoAnswer } from './grpc-errors.js';
import { hasWorker } from './task-queue.js';
import { shellWord } from '../shared/shell-word.js';

/** Longer than it takes to notice that the worker which kept the run has died. */
const UPDATE_TIMEOUT_MS = 60_000;

export type RunToUpdate = {
  readonly client: Client;
  readonly workflowId: string;
  /** The run's latest execution. */
  readonly runId: string;
  readonly taskQueue: string;
};

/**
 * Tells a run to do something and waits until it did. Throws `refused` in the run's words when it does not, `no_worker`
 * when nobody is there to take it, and Temporal's own error when the run has ended.
 */
export async function updateRun<R, M>(
  run: RunToUpdate,
  update: UpdateDefinition<R, [M]>,
  message: M,
): Promise<R> {
  const { client, workflowId, runId, taskQueue } = run;
  // Without one the update would wait for its whole time limit, and be forgotten.
  if (!(await hasWorker(client, taskQueue))) throw noWorker(run);
  try {
    return await client.withDeadline(Date.now() + UPDATE_TIMEOUT_MS, () =>
      client.workflow.getHandle(workflowId, runId).executeUpdate(update, { args: [message] }),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw error;
    if (error instanceof WorkflowUpdateFailedError) throw refusedBy(error);
    throw isNoAnswer(error) ? noAnswer(run, error) : error;
  }
}

function refusedBy(error: WorkflowUpdateFailedError): unknown {
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure) || cause.type !== ERROR_TYPE.refused) return error;
  return new ClientError('refused', cause.message, { cause });
}

function noWorker({ workflowId, taskQueue }: RunToUpdate): ClientError {
  return new ClientError(
    'no_worker',
    `No worker polls task queue "${taskQueue}", so "${workflowId}" cannot take it; nothing has changed.`,
    { hint: 'Start one with: sluice worker. Then try again.' },
  );
}

/** The server keeps an update for a while, so a worker that comes back may still carry it out. */
function noAnswer({ workflowId, taskQueue }: RunToUpdate, cause: unknown): ClientError {
  return new ClientError(
    'no_worker',
    `No worker on task queue "${taskQueue}" answered for "${workflowId}" within ${UPDATE_TIMEOUT_MS / 1000} seconds.`,
    {
      hint: `It may still be carried out: see "sluice status ${shellWord(workflowId)}" before you try again.`,
      cause,
    },
  );
}
