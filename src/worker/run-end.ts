import type { Client } from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import { ERROR_TYPE } from '../shared/names.js';
import type { RunEndAnswer, RunEndTask } from '../shared/run-end.js';

/** Looks once; a run that goes on is a failure of type `NotReady`, so that the retry of the activity is the wait. */
export function createRunEnd(client: Client): (task: RunEndTask) => Promise<RunEndAnswer> {
  return async ({ workflow_id }) => {
    try {
      const { closeTime, status } = await client.workflow.getHandle(workflow_id).describe();
      if (closeTime !== undefined) return { status: status.name === 'COMPLETED' ? 'succeeded' : 'ended' };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return { status: 'unknown' };
      throw error;
    }
    throw ApplicationFailure.retryable(`"${workflow_id}" goes on.`, ERROR_TYPE.notReady);
  };
}
