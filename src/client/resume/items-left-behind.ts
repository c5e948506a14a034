import type { Client } from '@temporalio/client';
import type { RunResult, RunStatus, StageResult } from '../../engine/result.js';
import type { StageOutcome } from '../../engine/stage-record.js';

/** A large map whose run is gone is cancelled by Temporal, and needs a worker for that. */
const PATIENCE_MS = 15_000;

/**
 * A result with what large maps had done when their run was terminated: the run could not take that in any more, but
 * each map ended in a workflow of its own, which knows.
 */
export async function withItemsLeftBehind<T extends RunResult | RunStatus>(
  client: Client,
  result: T,
): Promise<T> {
  const stages: Record<string, StageResult> = { ...result.stages };
  for (const [id, stage] of Object.entries(result.stages)) {
    const isLost = stage.status === 'cancelled' && stage.items !== undefined;
    if (!isLost || stage.items?.ledger !== undefined) continue;
    // Few runs have more than one.
    // oxlint-disable-next-line no-await-in-loop
    const items = await itemsOf(client, result, id);
    if (items !== undefined) stages[id] = { ...stage, items };
  }
  return { ...result, stages };
}

/** Undefined where the map has left no result, or where a later run of the same ID has taken its place. */
async function itemsOf(
  client: Client,
  { workflow_id, started_at, ended_at }: RunResult | RunStatus,
  stage: string,
): Promise<StageOutcome['items']> {
  const handle = client.workflow.getHandle(`${workflow_id}/${stage}`);
  try {
    const { startTime, parentExecution } = await handle.describe();
    const began = startTime.getTime();
    const isOfRun = began >= Date.parse(started_at) && (ended_at === null || began <= Date.parse(ended_at));
    if (parentExecution?.workflowId !== workflow_id || !isOfRun) return undefined;
    const outcome = await client.withDeadline(
      Date.now() + PATIENCE_MS,
      () => handle.result() as Promise<StageOutcome>,
    );
    return outcome.items;
  } catch {
    // All items run again then.
    return undefined;
  }
}
