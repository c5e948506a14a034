import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { groupLockId } from '../shared/names.js';
import { readWorkflowInput } from './resume/read-run-input.js';

export type GroupHolder = { readonly workflow_id: string; readonly run_id: string };

/** The run that holds a concurrency group; null when it is free. */
export async function groupHolder(client: Client, group: string): Promise<GroupHolder | null> {
  const workflowId = groupLockId(group);
  try {
    const { closeTime, runId } = await client.workflow.getHandle(workflowId).describe();
    if (closeTime !== undefined) return null;
    const { input } = await readWorkflowInput(client, { workflowId, runId });
    return input as GroupHolder;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
