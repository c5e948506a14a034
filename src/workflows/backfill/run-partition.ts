import {
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowCancellationType,
  isCancellation,
  ParentClosePolicy,
  scheduleActivity,
  startChild,
  TimeoutFailure,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { BackfillInput } from '../../engine/backfill.js';
import type { PartitionEnd } from '../../engine/backfill-ledger.js';
import type { RunResult } from '../../engine/result.js';
import type { RunInput } from '../../engine/run-input.js';
import { ACTIVITY, ERROR_TYPE, PIPELINE_WORKFLOW } from '../../shared/names.js';
import type { Partition } from '../../shared/partition.js';
import type { RunEndAnswer, RunEndTask } from '../../shared/run-end.js';
import { childSearchAttributes } from '../search-attributes.js';
import { childCause, wasEndedByOthers } from '../stage-failure.js';
import { passPauseOn } from '../steering/pass-pause-on.js';
import type { PauseSwitch } from '../steering/pause-switch.js';

type Hooks = {
  readonly pause: PauseSwitch;
  /** Told the run ID once the run has started. */
  readonly onStart: (runId: string) => void;
};

/** How often to ask whether another run of the same partition has ended. */
const LOOK_EVERY = '5s';

/**
 * Runs the pipeline for one partition and says how that ended; never rejects. Where a run of the same partition goes on
 * already, it waits for that one's end first. One that succeeded meanwhile is not run again unless `all` was asked for.
 */
export async function runPartition(
  partition: Partition,
  input: BackfillInput,
  hooks: Hooks,
): Promise<PartitionEnd> {
  const workflowId = `${input.id_prefix}${partition.key}`;
  try {
    for (;;) {
      const end = await tryRun(workflowId, partition, input, hooks);
      if (end !== null) return end;
      const { status } = await endOfOther(workflowId);
      if (status === 'succeeded' && input.only !== 'all') return { status: 'done_before' };
    }
  } catch (error) {
    return endOf(error);
  }
}

/** Null when a run of that ID goes on, or has succeeded where that is enough. */
async function tryRun(
  workflowId: string,
  partition: Partition,
  input: BackfillInput,
  { pause, onStart }: Hooks,
): Promise<PartitionEnd | null> {
  const { run, only } = input;
  const { plan } = run;
  const check: Pick<RunInput, 'check_requires'> =
    plan.requires.length === 0 || run.forced === true ? {} : { check_requires: true };
  const given: RunInput = { ...run, ...check, partition };
  try {
    const child = await startChild<(input: RunInput) => Promise<RunResult>>(PIPELINE_WORKFLOW, {
      args: [given],
      workflowId,
      workflowIdReusePolicy:
        only === 'all'
          ? WorkflowIdReusePolicy.ALLOW_DUPLICATE
          : WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      memo: { pipeline: plan.pipeline, version: plan.version, mode: run.mode, partition },
      staticSummary: partition.key,
      ...childSearchAttributes(given),
    });
    onStart(child.firstExecutionRunId);
    const leave = passPauseOn(child, pause);
    try {
      await child.result();
    } finally {
      leave();
    }
    return { status: 'succeeded' };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
    throw error;
  }
}

/** The asking is the retry of one activity, done by the server. */
function endOfOther(workflowId: string): Promise<RunEndAnswer> {
  const task: RunEndTask = { workflow_id: workflowId };
  return scheduleActivity<RunEndAnswer>(ACTIVITY.runEnd, [task], {
    summary: `end of ${workflowId}`,
    startToCloseTimeout: '30s',
    retry: { initialInterval: LOOK_EVERY, backoffCoefficient: 1 },
  });
}

function endOf(error: unknown): PartitionEnd {
  if (isCancellation(error) && CancellationScope.current().consideredCancelled)
    return { status: 'cancelled' };
  const cause = childCause(error);
  if (wasEndedByOthers(cause)) {
    const message = 'its run was stopped by somebody else';
    return { status: 'cancelled', error: { type: ERROR_TYPE.pipelineCancelled, message, stage: '' } };
  }
  const failure = cause instanceof ApplicationFailure ? cause : null;
  const result = failure?.details?.[0] as RunResult | undefined;
  const message = cause instanceof Error ? cause.message : String(cause);
  const own = { type: failure?.type ?? ERROR_TYPE.pipelineFailed, message, stage: '' };
  const isLate = cause instanceof TimeoutFailure || failure?.type === ERROR_TYPE.pipelineTimedOut;
  return { status: isLate ? 'timed_out' : 'failed', error: result?.error ?? own };
}
