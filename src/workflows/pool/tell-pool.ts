import {
  ChildWorkflowCancellationType,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  sleep,
  startChild,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { PoolAsk, PoolInput } from '../../engine/pool-messages.js';
import { POOL_WORKFLOW, poolWorkflowId } from '../../shared/names.js';
import { poolAskSignal } from './messages.js';

/** A pool that takes no more signals goes on in a new history soon. */
const AGAIN_AFTER_MS = 1_000;

/** Sees to it that a pool hears a message: starts the pool where none runs, also when it ends at this moment. */
export async function tellPool(pool: string, ask: PoolAsk): Promise<void> {
  for (let tries = 1; ; tries++) {
    // oxlint-disable-next-line no-await-in-loop
    if ((await hasHeard(pool, ask)) || (await hasStarted(pool, ask))) return;
    // oxlint-disable-next-line no-await-in-loop
    if (tries > 1) await sleep(AGAIN_AFTER_MS);
  }
}

async function hasHeard(pool: string, ask: PoolAsk): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(poolWorkflowId(pool)).signal(poolAskSignal, ask);
    return true;
  } catch {
    return false;
  }
}

/** The pool outlives whoever starts it. */
async function hasStarted(pool: string, ask: PoolAsk): Promise<boolean> {
  try {
    await startChild<(input: PoolInput) => Promise<void>>(POOL_WORKFLOW, {
      args: [{ pool, asks: [ask] }],
      workflowId: poolWorkflowId(pool),
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      staticSummary: `slots of the pool "${pool}"`,
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}
