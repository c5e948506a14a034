import {
  CancellationScope,
  condition,
  ChildWorkflowCancellationType,
  defineSignal,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  setHandler,
  startChild,
  workflowInfo,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import { ApplicationFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Concurrency } from '../engine/plan.js';
import { ERROR_TYPE, GROUP_LOCK_WORKFLOW } from '../shared/names.js';

type GroupHolder = { readonly workflow_id: string; readonly run_id: string };

/** Asks the run that holds a group to end. */
const yieldGroupSignal = defineSignal('yield_group');

/** How long a run that queues for a group waits before it tries again, in milliseconds. */
const RETRY_GROUP_AFTER = 2_000;

/**
 * A run that would be refused looks again this often, each time after so many milliseconds: the server frees the group a
 * moment after the run that held it has ended.
 */
const LOOKS_BEFORE_REJECT = 4;
const LOOK_AGAIN_AFTER = 250;

/**
 * A run holds a concurrency group as long as this child of it lives. Its workflow ID is the group, which the server
 * lets exist once; it is ended by the server with its parent, however that ends, so a group cannot leak.
 */
export async function group_lock(holder: GroupHolder): Promise<void> {
  setHandler(yieldGroupSignal, () => getExternalWorkflowHandle(holder.workflow_id, holder.run_id).cancel());
  try {
    await CancellationScope.current().cancelRequested;
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
}

type GroupMember = {
  readonly isGoingOn: boolean;
  readonly isStopped: () => boolean;
  readonly onQueue: (isQueued: boolean) => void;
};

/**
 * Takes the run's concurrency group and gives the function that releases it. A run that goes on in a new history
 * always queues, since it was let in already; one that is stopped while it queues gives up. Throws
 * `ConcurrencyConflict` under `reject`.
 */
export async function enterGroup(concurrency: Concurrency | null, run: GroupMember): Promise<() => void> {
  if (concurrency === null || run.isStopped()) return () => undefined;
  run.onQueue(true);
  const release = await acquireGroup(concurrency, run);
  run.onQueue(false);
  return release;
}

async function acquireGroup(concurrency: Concurrency, run: GroupMember): Promise<() => void> {
  const { group, on_conflict } = concurrency;
  for (let look = 1; ; look++) {
    const release = await tryAcquire(group);
    if (release !== null) return release;
    const mayReject = on_conflict === 'reject' && !run.isGoingOn;
    if (mayReject && look >= LOOKS_BEFORE_REJECT) {
      throw ApplicationFailure.nonRetryable(
        `another run holds the concurrency group "${group}"; wait for it to end, or set on_conflict to queue or cancel_running`,
        ERROR_TYPE.concurrency,
      );
    }
    if (look === 1 && on_conflict === 'cancel_running' && !run.isGoingOn) await askToYield(group);
    const delay = mayReject ? LOOK_AGAIN_AFTER : RETRY_GROUP_AFTER;
    if (await condition(run.isStopped, delay)) return () => undefined;
  }
}

async function tryAcquire(group: string): Promise<(() => void) | null> {
  const { workflowId, runId } = workflowInfo();
  const scope = new CancellationScope();
  try {
    await scope.run(() =>
      startChild(GROUP_LOCK_WORKFLOW, {
        args: [{ workflow_id: workflowId, run_id: runId } satisfies GroupHolder],
        workflowId: lockId(group),
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        parentClosePolicy: ParentClosePolicy.TERMINATE,
        cancellationType: ChildWorkflowCancellationType.TRY_CANCEL,
      }),
    );
    return () => scope.cancel();
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
    throw error;
  }
}

/** The holder may end at the same moment, and then there is nobody left to ask. */
async function askToYield(group: string): Promise<void> {
  try {
    await getExternalWorkflowHandle(lockId(group)).signal(yieldGroupSignal);
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}

function lockId(group: string): string {
  return `concurrency/${group}`;
}
