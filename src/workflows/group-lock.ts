import {
  CancellationScope,
  condition,
  ChildWorkflowCancellationType,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  patched,
  startChild,
  workflowInfo,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import { ApplicationFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Concurrency } from '../engine/plan.js';
import { ERROR_TYPE, GROUP_LOCK_WORKFLOW, groupLockId } from '../shared/names.js';
import { type GroupHolder, keptSignal, yieldGroupSignal } from './group-lock-workflow.js';

/** How long a run that queues for a group waits before it tries again, in milliseconds. */
const RETRY_GROUP_AFTER = 2_000;

/**
 * A run that would be refused looks again this often, each time after so many milliseconds: the server frees the group a
 * moment after the run that held it has ended.
 */
const LOOKS_BEFORE_REJECT = 4;
const LOOK_AGAIN_AFTER = 250;

export type GroupMember = {
  readonly isGoingOn: boolean;
  /** Run ID of the lock that kept the group since the history before; null where none does. */
  readonly keptBy: string | null;
  readonly isStopped: () => boolean;
  readonly onQueue: (isQueued: boolean) => void;
};

/** A concurrency group that a run holds. */
export type HeldGroup = {
  readonly release: () => void;
  /** Keeps the group for the run's next history, which asks for it by the run ID that this gives. */
  readonly keep: () => Promise<string | null>;
};

const NO_GROUP: HeldGroup = { release: () => undefined, keep: () => Promise.resolve(null) };

/**
 * Takes the run's concurrency group. A run that goes on in a new history has kept its group, or queues for it again if
 * that failed, since it was let in already; one that is stopped while it queues gives up. Throws `ConcurrencyConflict`
 * under `reject`.
 */
export async function enterGroup(concurrency: Concurrency | null, run: GroupMember): Promise<HeldGroup> {
  if (concurrency === null) return NO_GROUP;
  const { group } = concurrency;
  if (run.keptBy !== null && (await isKept(group, run.keptBy))) {
    const held = await tryAcquire(group, WorkflowIdReusePolicy.TERMINATE_IF_RUNNING);
    if (held !== null) return held;
  }
  if (run.isStopped()) return NO_GROUP;
  run.onQueue(true);
  const held = await acquireGroup(concurrency, run);
  run.onQueue(false);
  return held;
}

async function acquireGroup(concurrency: Concurrency, run: GroupMember): Promise<HeldGroup> {
  const { group, on_conflict } = concurrency;
  for (let look = 1; ; look++) {
    const held = await tryAcquire(group, WorkflowIdReusePolicy.ALLOW_DUPLICATE);
    if (held !== null) return held;
    const mayReject = on_conflict === 'reject' && !run.isGoingOn;
    if (mayReject && look >= LOOKS_BEFORE_REJECT) {
      throw ApplicationFailure.nonRetryable(
        `another run holds the concurrency group "${group}"; wait for it to end, or set on_conflict to queue or cancel_running`,
        ERROR_TYPE.concurrency,
      );
    }
    if (look === 1 && on_conflict === 'cancel_running' && !run.isGoingOn) await askToYield(group);
    const delay = mayReject ? LOOK_AGAIN_AFTER : RETRY_GROUP_AFTER;
    if (await condition(run.isStopped, delay)) return NO_GROUP;
  }
}

async function tryAcquire(group: string, policy: WorkflowIdReusePolicy): Promise<HeldGroup | null> {
  const scope = new CancellationScope();
  try {
    await scope.run(() => startLock(group, policy, ParentClosePolicy.TERMINATE));
    return { release: () => scope.cancel(), keep: () => keep(group) };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
    throw error;
  }
}

/** Puts a lock that outlives this history in the place of the one that ends with it, at one go. */
async function keep(group: string): Promise<string | null> {
  if (!patched('group-kept-over-histories')) return null;
  const lock = await startLock(group, WorkflowIdReusePolicy.TERMINATE_IF_RUNNING, ParentClosePolicy.ABANDON);
  return lock.firstExecutionRunId;
}

function startLock(group: string, policy: WorkflowIdReusePolicy, onClose: ParentClosePolicy) {
  const { workflowId, runId } = workflowInfo();
  const holder: GroupHolder = {
    workflow_id: workflowId,
    run_id: runId,
    ...(onClose === ParentClosePolicy.ABANDON ? { keeps: true } : {}),
  };
  return startChild(GROUP_LOCK_WORKFLOW, {
    args: [holder],
    workflowId: groupLockId(group),
    workflowIdReusePolicy: policy,
    parentClosePolicy: onClose,
    cancellationType: ChildWorkflowCancellationType.TRY_CANCEL,
  });
}

/** False when that lock was ended by somebody, so that the group may be another run's by now. */
async function isKept(group: string, runId: string): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(groupLockId(group), runId).signal(keptSignal);
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return false;
  }
}

/** The holder may end at the same moment, and then there is nobody left to ask. */
async function askToYield(group: string): Promise<void> {
  try {
    await getExternalWorkflowHandle(groupLockId(group)).signal(yieldGroupSignal);
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}
