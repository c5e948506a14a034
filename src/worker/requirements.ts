import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import prettyMs from 'pretty-ms';
import type { Requirement } from '../engine/plan.js';
import { PIPELINE_WORKFLOW, SEARCH_ATTRIBUTE } from '../shared/names.js';
import { PARTITION_RUN_PREFIX } from '../shared/partition.js';
import { providedLabel } from '../shared/provided.js';
import { quote } from './visibility.js';

/** The part of a Temporal client that lists runs. */
export type RunLister = { readonly workflow: Pick<Client['workflow'], 'list'> };

/** How a requirement stands now. */
export type RequirementState = Requirement & {
  readonly met: boolean;
  /** When the run that counts ended; null when there is none. */
  readonly last_success: string | null;
  /** The run that counts, or that keeps it from being met; null when there is none. */
  readonly workflow_id: string | null;
  /** In words, as a part of a sentence. */
  readonly message: string;
};

/**
 * Looks at the runs that a requirement is about. Runs for windows of the past do not count: what a backfill filled in is
 * not fresh.
 */
export async function requirementState(
  client: RunLister,
  requirement: Requirement,
  now: Date,
): Promise<RequirementState> {
  const { status = 'succeeded', max_age_ms: maxAge } = requirement;
  const run = await latestRun(client, requirement);
  const name = nameOf(requirement);
  const facts = { ...requirement, workflow_id: run?.workflowId ?? null, last_success: null };
  if (run === null) return { ...facts, met: false, message: neverWords(requirement) };
  if (status === 'latest_succeeded' && run.status.name !== 'COMPLETED') {
    const words = run.status.name.toLowerCase().replaceAll('_', ' ');
    const message = `the latest run ${'dataset' in requirement ? 'that provides' : 'of'} ${name} ended as ${words} ("${run.workflowId}")`;
    return { ...facts, met: false, message };
  }
  const ended = run.closeTime ?? run.startTime;
  const age = now.getTime() - ended.getTime();
  const verb =
    'dataset' in requirement ? 'was last provided' : status === 'ended' ? 'last ended' : 'last succeeded';
  const since = `${name} ${verb} ${prettyMs(Math.max(0, age), { unitCount: 2 })} ago`;
  const met = maxAge === null || age <= maxAge;
  return {
    ...facts,
    met,
    last_success: ended.toISOString(),
    message: met ? since : `${since}, and at most ${prettyMs(maxAge)} is allowed`,
  };
}

/** Servers list by the time of the end, the newest first, and open runs before all others. */
async function latestRun(client: RunLister, requirement: Requirement): Promise<WorkflowExecutionInfo | null> {
  const { status = 'succeeded' } = requirement;
  const ended = status === 'succeeded' ? `ExecutionStatus = 'Completed'` : `ExecutionStatus != 'Running'`;
  const query = [
    `WorkflowType = ${quote(PIPELINE_WORKFLOW)}`,
    `ExecutionStatus != 'ContinuedAsNew'`,
    ...subjectClauses(requirement),
    ended,
  ].join(' AND ');
  for await (const info of client.workflow.list({ query, pageSize: 1 })) return info;
  return null;
}

function subjectClauses(requirement: Requirement): readonly string[] {
  if ('dataset' in requirement)
    return [`${SEARCH_ATTRIBUTE.labels} = ${quote(providedLabel(requirement.dataset))}`];
  const { pipeline } = requirement;
  return [
    `WorkflowId STARTS_WITH ${quote(`${pipeline}/`)}`,
    `WorkflowId NOT STARTS_WITH ${quote(`${pipeline}/${PARTITION_RUN_PREFIX}`)}`,
  ];
}

function nameOf(requirement: Requirement): string {
  return 'dataset' in requirement ? `dataset "${requirement.dataset}"` : `"${requirement.pipeline}"`;
}

function neverWords(requirement: Requirement): string {
  if ('dataset' in requirement) return `no run has provided the dataset "${requirement.dataset}"`;
  return `${nameOf(requirement)} has never ${requirement.status === 'ended' ? 'ended' : 'succeeded'}`;
}
