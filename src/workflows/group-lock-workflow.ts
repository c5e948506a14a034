import {
  CancellationScope,
  defineSignal,
  getExternalWorkflowHandle,
  isCancellation,
  scheduleActivity,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import { ACTIVITY } from '../shared/names.js';
import type { PoolCheckResult, PoolCheckTask } from '../shared/pool-check.js';

export type GroupHolder = {
  readonly workflow_id: string;
  readonly run_id: string;
  /** Set on a lock that keeps the group while its holder goes on in a new history. */
  readonly keeps?: boolean;
};

/** Asks the run that holds a group to end. */
export const yieldGroupSignal = defineSignal('yield_group');

/** Sent to a lock to find out whether it is still there. */
export const keptSignal = defineSignal('kept');

/** How often a lock that outlives its parent looks whether there still is a run to keep the group for. */
const LOOK_EVERY = '30s';

/**
 * A run holds a concurrency group as long as this child of it lives; it is ended by the server with its parent, however
 * that ends, so a group cannot leak. The lock that keeps the group between two histories of a run is replaced by the
 * next history; should that never come, it sees that its run is gone.
 */
export async function group_lock(holder: GroupHolder): Promise<void> {
  const run = getExternalWorkflowHandle(
    holder.workflow_id,
    holder.keeps === true ? undefined : holder.run_id,
  );
  setHandler(yieldGroupSignal, () => run.cancel());
  setHandler(keptSignal, () => undefined);
  try {
    if (holder.keeps === true) return await untilGone(holder);
    await CancellationScope.current().cancelRequested;
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
}

async function untilGone({ workflow_id, run_id }: GroupHolder): Promise<void> {
  const task: PoolCheckTask = { holders: [{ workflow_id, run_id }] };
  for (;;) {
    await sleep(LOOK_EVERY);
    const { gone } = await scheduleActivity<PoolCheckResult>(ACTIVITY.poolCheck, [task], {
      summary: 'is there still a run to keep it for',
      startToCloseTimeout: '30s',
    });
    if (gone.length > 0) return;
  }
}
