import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { PoolView } from '../engine/pool-messages.js';
import type { PoolSpec } from '../engine/stage-extras.js';
import { POOL_WORKFLOW, poolWorkflowId } from '../shared/names.js';
import { poolQuery } from '../workflows/pool/messages.js';
import { isNoAnswer } from './grpc-errors.js';
import { quote } from './run-list.js';

/** A pool as it stands. `active`: somebody needed it a moment ago; `unknown`: it is, but no worker answers for it. */
export type PoolStatus = PoolView & { readonly state: 'active' | 'idle' | 'unknown' };

const QUERY_TIMEOUT_MS = 5_000;

/**
 * How pools stand: those named, or else all that are configured or in use, by name. One that nobody uses has no workflow,
 * and shows what its settings say.
 */
export async function readPools(
  client: Client,
  options: { readonly configured?: ReadonlyMap<string, PoolSpec>; readonly name?: string } = {},
): Promise<readonly PoolStatus[]> {
  const { configured = new Map<string, PoolSpec>(), name } = options;
  const names = name === undefined ? new Set([...configured.keys(), ...(await livePools(client))]) : [name];
  const statuses = [...names].toSorted().map((pool) => readPool(client, pool, configured.get(pool)));
  return (await Promise.all(statuses)).filter((status) => status !== null);
}

/** Null when the pool is neither configured nor in use. */
async function readPool(
  client: Client,
  pool: string,
  spec: PoolSpec | undefined,
): Promise<PoolStatus | null> {
  const handle = client.workflow.getHandle(poolWorkflowId(pool));
  const empty = { pool, ...(spec ?? { slots: null, rate: null }), ...NOTHING };
  try {
    const { closeTime } = await handle.describe();
    if (closeTime !== undefined) return spec === undefined ? null : { ...empty, state: 'idle' };
    const view = await client.withDeadline(Date.now() + QUERY_TIMEOUT_MS, () => handle.query(poolQuery));
    return { ...view, state: 'active' };
  } catch (error) {
    if (isNoAnswer(error)) return { ...empty, state: 'unknown' };
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return spec === undefined ? null : { ...empty, state: 'idle' };
  }
}

const NOTHING = { taken: 0, holders: [], waiting_count: 0, waiting: [], closed: [] } as const;

async function livePools(client: Client): Promise<readonly string[]> {
  const names: string[] = [];
  const query = `WorkflowType = ${quote(POOL_WORKFLOW)} AND ExecutionStatus = 'Running'`;
  const start = poolWorkflowId('');
  for await (const { workflowId } of client.workflow.list({ query })) {
    if (workflowId.startsWith(start)) names.push(workflowId.slice(start.length));
  }
  return names;
}
