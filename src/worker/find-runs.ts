import { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { FindRuns } from '../activities/probe.js';
import { PIPELINE_WORKFLOW, SEARCH_ATTRIBUTE } from '../shared/names.js';
import { PARTITION_RUN_PREFIX } from '../shared/partition.js';
import { quote } from './visibility.js';

/** Looks runs up where the worker's own Temporal keeps them. */
export function createFindRuns(connection: NativeConnection, namespace: string): FindRuns {
  const client = new Client({ connection, namespace });
  return async ({ pipeline, maxAgeMs }) => {
    const conditions = [
      `WorkflowType = '${PIPELINE_WORKFLOW}'`,
      `${SEARCH_ATTRIBUTE.pipeline} = ${quote(pipeline)}`,
      // What a backfill filled in is about the past.
      `WorkflowId NOT STARTS_WITH ${quote(`${pipeline}/${PARTITION_RUN_PREFIX}`)}`,
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
