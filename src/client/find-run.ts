import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { BACKFILL_WORKFLOW, PIPELINE_WORKFLOW } from '../shared/names.js';
import { ClientError } from './client-error.js';
import { isGrpc } from './grpc-errors.js';
import { isPipelineName, isRunId } from './run-id.js';
import { listQuery, listRuns, quote } from './run-list.js';

/** What names one run for certain. */
export type RunReference = { readonly workflowId: string; readonly runId: string };

/** The part of a Temporal client that finds runs. */
export type RunFinder = { readonly workflow: Pick<Client['workflow'], 'list' | 'getHandle'> };

/**
 * Finds the run that a person means by a workflow ID, a run ID, or a pipeline's name (its latest run), or the backfill
 * by its ID. Workflow IDs
 * are asked for directly, because visibility may not know a run yet that has just started.
 * Throws `run_not_found`, with the latest runs that exist.
 */
export async function findRun(client: RunFinder, run: string): Promise<RunReference> {
  const found = isRunId(run)
    ? await findByRunId(client, run)
    : ((await findByWorkflowId(client, run)) ?? (await findLatest(client, run)));
  if (found !== null) return found;
  throw new ClientError('run_not_found', notFoundMessage(run), { hint: await existingRuns(client) });
}

async function findByWorkflowId(client: RunFinder, workflowId: string): Promise<RunReference | null> {
  try {
    const info = await client.workflow.getHandle(workflowId).describe();
    if (info.type !== PIPELINE_WORKFLOW && info.type !== BACKFILL_WORKFLOW) return null;
    return { workflowId, runId: info.raw.workflowExecutionInfo?.firstRunId || info.runId };
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return null;
    if (isGrpc(error, 'NOT_FOUND', 'INVALID_ARGUMENT')) return null;
    throw error;
  }
}

async function findByRunId(client: RunFinder, runId: string): Promise<RunReference | null> {
  for await (const info of client.workflow.list({ query: `RunId = ${quote(runId)}`, pageSize: 1 })) {
    return { workflowId: info.workflowId, runId };
  }
  return null;
}

/** Visibility sorts by end, so the start that is wanted may not come first: look through the newest page. */
async function findLatest(client: RunFinder, pipeline: string): Promise<RunReference | null> {
  if (!isPipelineName(pipeline)) return null;
  let latest: WorkflowExecutionInfo | null = null;
  let seen = 0;
  for await (const info of client.workflow.list({ query: listQuery({ pipeline }), pageSize: 100 })) {
    if (latest === null || info.startTime > latest.startTime) latest = info;
    seen += 1;
    if (seen >= 100) break;
  }
  return latest === null ? null : { workflowId: latest.workflowId, runId: latest.runId };
}

function notFoundMessage(run: string): string {
  if (isRunId(run)) return `No run has the run ID "${run}".`;
  if (isPipelineName(run)) return `No run has the workflow ID "${run}", and no pipeline "${run}" has run.`;
  return `No run has the workflow ID "${run}".`;
}

async function existingRuns(client: RunFinder): Promise<string> {
  const runs = await listRuns(client, { limit: 5 });
  if (runs.length === 0) return 'There are no runs yet. Start one with: sluice run FILE';
  return `Latest runs: ${runs.map((run) => run.workflow_id).join(', ')}. See also: sluice list`;
}
