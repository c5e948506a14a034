import { scheduleActivity } from '@temporalio/workflow';
import type { StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import { formatDuration } from '../../shared/format-duration.js';
import { ACTIVITY, ERROR_TYPE } from '../../shared/names.js';
import type { TaskResult } from '../../shared/task.js';
import { activityOptions } from '../activity-options.js';
import { activityOutcome, timeoutOutcome } from '../stage-failure.js';
import type { OnStageEnd, StageRunContext } from './stage-context.js';

/**
 * Polls until the target is true. The polling is the retry of one activity, done by the server: a wait of days
 * costs the history three events, and a dead worker loses no time but its own.
 */
export function runWaitFor(stage: StagePlan, context: StageRunContext, onEnd: OnStageEnd): null {
  if (stage.action.kind !== 'wait_for') throw new Error(`Stage "${stage.id}" does not wait for anything.`);
  const { target, every_ms, wait_timeout_ms } = stage.action;
  const task = context.memory.task(stage, target, context.scope);
  void scheduleActivity<TaskResult>(ACTIVITY.probe, [task], {
    ...activityOptions(stage),
    startToCloseTimeout: Math.min(stage.timeout_ms, wait_timeout_ms),
    scheduleToCloseTimeout: wait_timeout_ms,
    retry: { initialInterval: every_ms, backoffCoefficient: 1, maximumInterval: every_ms },
  }).then(
    (result) => {
      context.memory.merge(result.state, result.metrics);
      onEnd(stage, {
        status: 'succeeded',
        output: result.output,
        attempts: result.attempt ?? 1,
        ...(result.state === undefined ? {} : { state: result.state }),
      });
    },
    (error: unknown) => onEnd(stage, waitOutcome(stage, wait_timeout_ms, activityOutcome(stage, error))),
  );
  return null;
}

/** Running out of time, or of tries just before it, both mean that the target was never true. */
function waitOutcome(stage: StagePlan, timeoutMs: number, outcome: StageOutcome): StageOutcome {
  if (outcome.status !== 'timed_out' && outcome.error?.type !== ERROR_TYPE.notReady) return outcome;
  return timeoutOutcome(stage, `it was not true within ${formatDuration(timeoutMs)}`, outcome.attempts ?? 1);
}
