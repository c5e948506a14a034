import { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { FindRuns } from '../activities/probe.js';
import { PIPELINE_WORKFLOW, SEARCH_ATTRIBUTE } from '../shared/names.js';

/** Looks runs up where the worker's own Temporal keeps them. */
export function createFindRuns(connection: NativeConnection, namespace: string): FindRuns {
  const client = new Client({ connection, namespace });
  return async ({ pipeline, maxAgeMs }) => {
    const conditions = [
      `WorkflowType = '${PIPELINE_WORKFLOW}'`,
      `${SEARCH_ATTRIBUTE.pipeline} = '${pipeline.replaceAll("'", "''")}'`,
      `ExecutionStatus = 'Completed'`,
    ];
    if (maxAgeMs !== null) conditions.push(`CloseTime > '${new Date(Date.now() - maxAgeMs).toISOString()}'`);
    // Servers list by the time of the end, newest first.
    for await (const run of client.workflow.list({ query: conditions.join(' AND '), pageSize: 1 })) {
      if (run.closeTime === undefined) continue;
      return { workflow_id: run.workflowId, run_id: run.runId, ended_at: run.closeTime.toISOString() };
    }
    return null;
  };
}
