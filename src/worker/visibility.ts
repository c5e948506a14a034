import type { WorkflowExecutionInfo } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { RunEndStatus } from '../engine/result.js';
import { assertNever } from '../shared/assert-never.js';
import { SEARCH_ATTRIBUTE } from '../shared/names.js';

/** How a run stands, as far as a list of runs can tell. */
export type ListedStatus = RunEndStatus | 'running' | 'queued';

/** The part of a workflow execution's description that a list shows. */
export type ListedExecution = Pick<
  WorkflowExecutionInfo,
  'workflowId' | 'runId' | 'status' | 'startTime' | 'typedSearchAttributes'
> & {
  readonly closeTime?: Date | undefined;
  readonly memo?: Readonly<Record<string, unknown>> | undefined;
};

/** A string literal of the visibility query language. */
export function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** The status that Temporal's own status stands for; a run's `SluiceStatus` tells apart what Temporal does not. */
export function listedStatus(info: Pick<ListedExecution, 'status' | 'typedSearchAttributes'>): ListedStatus {
  const own = keywordOf(info, SEARCH_ATTRIBUTE.status);
  switch (info.status.name) {
    case 'COMPLETED':
      return 'succeeded';
    case 'FAILED':
      return own === 'timed_out' ? 'timed_out' : 'failed';
    case 'TIMED_OUT':
      return 'timed_out';
    case 'CANCELLED':
    case 'TERMINATED':
      return 'cancelled';
    case 'RUNNING':
    case 'PAUSED':
    case 'CONTINUED_AS_NEW':
    case 'UNSPECIFIED':
    case 'UNKNOWN':
      return own === 'queued' ? 'queued' : 'running';
    default:
      return assertNever(info.status.name);
  }
}

/** A search attribute of type Keyword; null when the run does not have it. */
export function keywordOf(info: Pick<ListedExecution, 'typedSearchAttributes'>, name: string): string | null {
  return info.typedSearchAttributes.get(defineSearchAttributeKey(name, 'KEYWORD')) ?? null;
}
