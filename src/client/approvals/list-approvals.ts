import type { Client } from '@temporalio/client';
import { PIPELINE_WORKFLOW, SEARCH_ATTRIBUTE } from '../../shared/names.js';
import type { AwaitedApproval, AwaitedStage } from '../../shared/awaited.js';
import { isJsonObject } from '../../shared/json.js';
import { isGrpc } from '../grpc-errors.js';
import { quote, toListItem } from '../run-list.js';

/** A stage that waits for approval. Times are ISO 8601 in UTC. */
export type ApprovalItem = Omit<AwaitedApproval, 'kind'> & {
  readonly workflow_id: string;
  readonly run_id: string;
  readonly pipeline: string;
  readonly stage: string;
};

export type ApprovalFilter = {
  readonly pipeline?: string;
  /** Only child runs of this run. */
  readonly parent?: string;
};

/** The part of a Temporal client that lists runs. */
type Lister = { readonly workflow: Pick<Client['workflow'], 'list'> };

/** All that waits for approval, the longest wait first. One question to visibility, whatever the number of runs. */
export async function listApprovals(
  client: Lister,
  filter: ApprovalFilter = {},
): Promise<readonly ApprovalItem[]> {
  const found: ApprovalItem[] = [];
  try {
    for await (const info of client.workflow.list({ query: queryOf(filter), pageSize: 1000 })) {
      const { workflow_id, run_id, pipeline } = toListItem(info, new Date());
      for (const [stage, { kind: _kind, ...approval }] of awaitedApprovals(info.memo)) {
        found.push({ workflow_id, run_id, pipeline, stage, ...approval });
      }
    }
  } catch (error) {
    // A namespace that does not know the attribute has no run that waits.
    if (!isGrpc(error, 'INVALID_ARGUMENT')) throw error;
  }
  return found.sort((a, b) => a.since.localeCompare(b.since));
}

/** The approvals in a run's memo, by stage ID. */
export function awaitedApprovals(
  memo: Readonly<Record<string, unknown>> | undefined,
): readonly (readonly [string, AwaitedApproval])[] {
  return awaitedStages(memo).flatMap(([stage, awaited]) =>
    awaited.kind === 'approval' ? [[stage, awaited] as const] : [],
  );
}

/** What waits for people according to a run's memo, by stage ID. */
export function awaitedStages(
  memo: Readonly<Record<string, unknown>> | undefined,
): readonly (readonly [string, AwaitedStage])[] {
  const awaiting = memo?.['awaiting'];
  return isJsonObject(awaiting) ? (Object.entries(awaiting) as unknown as [string, AwaitedStage][]) : [];
}

/** What of it is inside of maps: items, such as `each.17`, and stages in them, such as `each.17/sign-off`. */
export function awaitedItems(
  memo: Readonly<Record<string, unknown>> | undefined,
): ReadonlyMap<string, AwaitedStage> {
  return new Map(awaitedStages(memo).filter(([name]) => name.includes('.')));
}

function queryOf({ pipeline, parent }: ApprovalFilter): string {
  return [
    `WorkflowType = ${quote(PIPELINE_WORKFLOW)}`,
    `ExecutionStatus = 'Running'`,
    `${SEARCH_ATTRIBUTE.awaiting} IN ('approval', 'approval,held')`,
    ...(pipeline === undefined ? [] : [`WorkflowId STARTS_WITH ${quote(`${pipeline}/`)}`]),
    ...(parent === undefined ? [] : [`${SEARCH_ATTRIBUTE.parentRun} = ${quote(parent)}`]),
  ].join(' AND ');
}
