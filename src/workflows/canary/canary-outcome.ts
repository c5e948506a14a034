import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  patched,
  sleep,
} from '@temporalio/workflow';
import type { CanaryReport } from '../../engine/canary.js';
import { pauseAfterRefusals, ROLL_BACK_FOR_MS } from '../../engine/canary-way-back.js';
import type { StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import { canaryWorkflowId, ERROR_TYPE } from '../../shared/names.js';
import { childCause, failedOutcome } from '../stage-failure.js';
import { setWeight } from './calls.js';
import type { PreparedCanary } from './canary-input.js';

/** How a canary stage ends that was not promoted. Where its workflow was ended by force, traffic is sent back here. */
export async function canaryOutcome(
  stage: StagePlan,
  canary: PreparedCanary,
  error: unknown,
): Promise<StageOutcome> {
  if (isCancellation(error) && CancellationScope.current().consideredCancelled) {
    return { status: 'cancelled', attempts: 1 };
  }
  if (error instanceof WorkflowExecutionAlreadyStartedError) return conflict(stage, canary);
  const cause = childCause(error);
  if (cause instanceof ApplicationFailure && cause.type === ERROR_TYPE.canary) {
    const report = cause.details?.[0] as CanaryReport | undefined;
    const isLate = report?.decision?.by === 'timeout';
    return {
      status: isLate ? 'timed_out' : 'failed',
      output: report ?? null,
      error: { type: ERROR_TYPE.canary, message: cause.message, stage: stage.id },
      attempts: 1,
    };
  }
  if (cause instanceof CancelledFailure) {
    const message = 'rolled back: its workflow was cancelled by somebody else';
    return failedOutcome(stage, ERROR_TYPE.canary, message);
  }
  return rollBackFor(stage, canary, cause instanceof Error ? cause.message : String(cause));
}

function conflict(stage: StagePlan, { input, router }: PreparedCanary): StageOutcome {
  const id = canaryWorkflowId(input.service, router);
  const message = `"${input.service}" is in a canary already, "${id}": wait for its end, or abort it with \`sluice canary abort ${id}\``;
  return failedOutcome(stage, ERROR_TYPE.concurrency, message);
}

async function rollBackFor(
  stage: StagePlan,
  { input }: PreparedCanary,
  reason: string,
): Promise<StageOutcome> {
  try {
    await CancellationScope.nonCancellable(() => bringBack(input));
    const message = `rolled back by the run, because its workflow was ended: ${reason}`;
    return failedOutcome(stage, ERROR_TYPE.canary, message);
  } catch (error) {
    const why =
      error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : '';
    const message = `its workflow was ended (${reason}), and the target did not take weight 0: ${why}`;
    return failedOutcome(stage, ERROR_TYPE.canary, message);
  }
}

/** A target that refuses is asked again for as long as the canary itself would do it. */
async function bringBack(input: PreparedCanary['input']): Promise<void> {
  const until = Date.now() + ROLL_BACK_FOR_MS;
  for (let tries = 1; ; tries += 1) {
    try {
      // One after the other: each is asked because the one before was refused.
      // oxlint-disable-next-line no-await-in-loop
      return await setWeight(input, 0);
    } catch (error) {
      const pauseMs = pauseAfterRefusals(tries);
      if (Date.now() + pauseMs > until || !patched('canary-asks-again')) throw error;
      // oxlint-disable-next-line no-await-in-loop
      await sleep(pauseMs);
    }
  }
}
