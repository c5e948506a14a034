import type { Client } from '@temporalio/client';
import { listQuery, type RunListItem, toListItem } from '../run-list.js';
import { type NextRun, nextRuns } from '../schedules/next-runs.js';

/** What was last and what comes next of a pipeline. */
export type PipelineOutlook = {
  /** The last run that ended. */
  readonly last_run: RunListItem | null;
  readonly last_success: RunListItem | null;
  /** By schedule, the earliest first; those that start nothing last. */
  readonly next_runs: readonly NextRun[];
};

/** Looks up the last and the next runs of a pipeline. */
export async function pipelineOutlook(client: Client, pipeline: string): Promise<PipelineOutlook> {
  const [last_run, last_success, next_runs] = await Promise.all([
    newest(client, `${listQuery({ pipeline })} AND ExecutionStatus != 'Running'`),
    newest(client, listQuery({ pipeline, status: 'succeeded' })),
    nextRuns(client, pipeline),
  ]);
  return { last_run, last_success, next_runs };
}

/** Servers list by the time of the end, newest first. */
async function newest(client: Client, query: string): Promise<RunListItem | null> {
  for await (const info of client.workflow.list({ query, pageSize: 1 })) return toListItem(info, new Date());
  return null;
}
