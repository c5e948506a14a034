import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { PoolCheckResult, PoolCheckTask } from '../shared/pool-check.js';

export type PoolCheck = (task: PoolCheckTask) => Promise<PoolCheckResult>;

type State = 'runs' | 'gone' | { readonly replacedBy: string };

/** As many questions to the server at once. */
const AT_ONCE = 10;

/** Looks whether the holders of a pool still run. Changes nothing, so it may run twice. */
export function createPoolCheck(client: Client): PoolCheck {
  return async ({ holders }) => {
    const states: State[] = [];
    for (let start = 0; start < holders.length; start += AT_ONCE) {
      const some = holders.slice(start, start + AT_ONCE);
      // A few at a time, so that a pool with a thousand holders is no burst for the server.
      // oxlint-disable-next-line no-await-in-loop
      states.push(...(await Promise.all(some.map((holder) => stateOf(client, holder)))));
    }
    return {
      gone: states.flatMap((state, i) => (state === 'gone' ? [i] : [])),
      replaced: states.flatMap((state, i) =>
        typeof state === 'object' ? [[i, state.replacedBy] as const] : [],
      ),
    };
  };
}

async function stateOf(client: Client, holder: PoolCheckTask['holders'][number]): Promise<State> {
  try {
    const latest = await client.workflow.getHandle(holder.workflow_id).describe();
    const isOpen = latest.closeTime === undefined;
    if (!isOpen) return 'gone';
    return latest.runId === holder.run_id ? 'runs' : { replacedBy: latest.runId };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'gone';
    throw error;
  }
}
