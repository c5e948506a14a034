import type { Client } from '@temporalio/client';
import type { RunOrigin } from '../engine/reuse.js';
import { assertNever } from '../shared/assert-never.js';
import { PIPELINE_WORKFLOW, SEARCH_ATTRIBUTE } from '../shared/names.js';
import {
  keywordOf,
  type ListedExecution,
  listedStatus,
  type ListedStatus,
  quote,
} from '../worker/visibility.js';
import { isPipelineName } from './run-id.js';

export { quote, type ListedExecution, type ListedStatus } from '../worker/visibility.js';

/** One run as `list` and `history` show it. Times are ISO 8601 in UTC; a run that goes on has no end. */
export type RunListItem = {
  readonly workflow_id: string;
  readonly run_id: string;
  readonly pipeline: string;
  readonly version: string | null;
  readonly status: ListedStatus;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly duration_ms: number | null;
  /** The run that it resumes, forks or repeats; absent for all others. */
  readonly resumed_from?: RunOrigin;
};

export type ListFilter = {
  readonly pipeline?: string;
  readonly status?: ListedStatus;
  /** @default 20 */
  readonly limit?: number;
};

/** The part of a Temporal client that lists runs. */
export type RunLister = { readonly workflow: Pick<Client['workflow'], 'list'> };

/** Runs, latest start first. What ended a moment ago may be missing: visibility lags behind the runs. */
export async function listRuns(
  client: RunLister,
  filter: ListFilter = {},
  now = new Date(),
): Promise<readonly RunListItem[]> {
  const limit = filter.limit ?? 20;
  const found: RunListItem[] = [];
  if (limit <= 0) return found;
  for await (const info of client.workflow.list({
    query: listQuery(filter),
    pageSize: Math.min(limit, 1000),
  })) {
    const item = toListItem(info, now);
    if (filter.status === undefined || item.status === filter.status) found.push(item);
    if (found.length >= limit) break;
  }
  return found.sort((a, b) => b.started_at.localeCompare(a.started_at));
}

/** The visibility query behind a filter. */
export function listQuery(filter: ListFilter): string {
  const clauses = [`WorkflowType = ${quote(PIPELINE_WORKFLOW)}`, `ExecutionStatus != 'ContinuedAsNew'`];
  if (filter.pipeline !== undefined) clauses.push(`WorkflowId STARTS_WITH ${quote(`${filter.pipeline}/`)}`);
  if (filter.status !== undefined) clauses.push(statusClause(filter.status));
  return clauses.join(' AND ');
}

/** What visibility knows of a run. */
export function toListItem(info: ListedExecution, now: Date): RunListItem {
  const end = info.closeTime ?? null;
  return {
    workflow_id: info.workflowId,
    run_id: info.runId,
    pipeline: pipelineOf(info),
    version: keywordOf(info, SEARCH_ATTRIBUTE.version),
    status: listedStatus(info),
    started_at: info.startTime.toISOString(),
    ended_at: end?.toISOString() ?? null,
    duration_ms: Math.max(0, (end ?? now).getTime() - info.startTime.getTime()),
    ...(isOrigin(info.memo?.['resumed_from']) ? { resumed_from: info.memo['resumed_from'] } : {}),
  };
}

/** Coarse on purpose: what only `SluiceStatus` tells apart is sorted out after the answer. */
function statusClause(status: ListedStatus): string {
  switch (status) {
    case 'running':
    case 'queued':
      return `ExecutionStatus = 'Running'`;
    case 'succeeded':
      return `ExecutionStatus = 'Completed'`;
    case 'failed':
      return `ExecutionStatus = 'Failed'`;
    case 'timed_out':
      return `ExecutionStatus IN ('Failed', 'TimedOut')`;
    case 'cancelled':
      return `ExecutionStatus IN ('Canceled', 'Terminated')`;
    default:
      return assertNever(status);
  }
}

function pipelineOf(info: ListedExecution): string {
  const start = info.workflowId.split('/')[0] ?? '';
  return keywordOf(info, SEARCH_ATTRIBUTE.pipeline) ?? (isPipelineName(start) ? start : info.workflowId);
}

function isOrigin(value: unknown): value is RunOrigin {
  return typeof value === 'object' && value !== null && 'how' in value && 'workflow_id' in value;
}
