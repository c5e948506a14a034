import { isCancellation, scheduleActivity } from '@temporalio/workflow';
import type { StagePlan } from '../../engine/plan.js';
import type { FallbackPlan } from '../../engine/stage-extras.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import { resolveTemplate } from '../../expressions/template.js';
import { ACTIVITY } from '../../shared/names.js';
import type { Json } from '../../shared/json.js';
import type { OutputRef, StageTask, TaskResult } from '../../shared/task.js';
import { activityOptions } from '../activity-options.js';
import { activityOutcome } from '../stage-failure.js';
import { activitySuccess } from './activity-stage.js';
import type { OnStageEnd, StageRunContext, StageRunner } from './stage-context.js';

/** What `sluice.last_success` returns: an output and the run that gave it. */
export type EarlierSuccess = {
  readonly output: Json;
  readonly output_ref?: OutputRef;
  readonly workflow_id: string;
  readonly run_id: string;
};

/** Runs a stage and, should it fail in the end, takes its output from the stage's `fallback`. */
export function withFallback(next: StageRunner, fallback: FallbackPlan): StageRunner {
  return (stage, context, onEnd) => {
    const outcome = next(stage, context, fallbackEnd(fallback, context, onEnd));
    return outcome === null ? null : settle(stage, fallback, outcome, context, onEnd);
  };
}

/** What a stage with a fallback reports its end to. */
export function fallbackEnd(fallback: FallbackPlan, context: StageRunContext, onEnd: OnStageEnd): OnStageEnd {
  return (stage, outcome) => {
    const settled = settle(stage, fallback, outcome, context, onEnd);
    if (settled !== null) onEnd(stage, settled);
  };
}

function settle(
  stage: StagePlan,
  fallback: FallbackPlan,
  outcome: StageOutcome,
  context: StageRunContext,
  onEnd: OnStageEnd,
): StageOutcome | null {
  const isFailure = outcome.status === 'failed' || outcome.status === 'timed_out';
  return isFailure ? fallBack(stage, fallback, outcome, context, onEnd) : outcome;
}

function fallBack(
  stage: StagePlan,
  fallback: FallbackPlan,
  failure: StageOutcome,
  context: StageRunContext,
  onEnd: OnStageEnd,
): StageOutcome | null {
  const give = (given: Partial<StageOutcome>): StageOutcome => ({
    ...failure,
    ...given,
    attempts: failure.attempts ?? 1,
    status: 'reused',
    fallback: fallback.type,
  });
  try {
    if (fallback.type === 'value') {
      const output = resolveTemplate(fallback.value, context.scope).value;
      return give({ output, reused_from: 'fallback value' });
    }
    const [activityType, task] = fallbackTask(stage, fallback, context);
    void runFallback(stage, activityType, task).then(
      (result) => {
        context.memory.merge(result?.state, result?.metrics);
        onEnd(stage, give(readResult(fallback, result)));
      },
      (error: unknown) => onEnd(stage, failedTwice(stage, failure, error)),
    );
    return null;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ExpressionError') throw error;
    return failedTwice(stage, failure, error);
  }
}

function runFallback(stage: StagePlan, activityType: string, task: StageTask): Promise<TaskResult | null> {
  const { activityId, summary, ...options } = activityOptions(stage);
  return scheduleActivity<TaskResult | null>(activityType, [task], {
    ...options,
    activityId: `${activityId ?? stage.id}.fallback`,
    summary: `fallback of ${summary ?? stage.id}`,
  });
}

function fallbackTask(
  stage: StagePlan,
  fallback: Exclude<FallbackPlan, { type: 'value' }>,
  { memory, scope, plan }: StageRunContext,
): readonly [activityType: string, task: StageTask] {
  // A fallback writes none of the files that the stage promised.
  const own = { ...stage, artifacts: [], isolation: 'none' as const };
  if (fallback.type === 'uses') return [fallback.uses, memory.task(own, fallback.with, scope)];
  const params = { pipeline: plan.pipeline, stage: stage.id, max_age_ms: fallback.max_age_ms };
  return [ACTIVITY.lastSuccess, memory.taskOf(own, params, [])];
}

function readResult(fallback: FallbackPlan, result: TaskResult | null): Partial<StageOutcome> {
  if (fallback.type === 'uses') {
    return { ...activitySuccess(fallback.uses, result), reused_from: `fallback ${fallback.uses}` };
  }
  const found = result?.output as EarlierSuccess;
  const { output, output_ref, workflow_id } = found;
  return { output, reused_from: workflow_id, ...(output_ref === undefined ? {} : { output_ref }) };
}

/** The stage's own error stays the first thing to read. */
function failedTwice(stage: StagePlan, failure: StageOutcome, error: unknown): StageOutcome {
  if (isCancellation(error)) return { ...failure, status: 'cancelled' };
  const second = activityOutcome(stage, error).error?.message ?? String(error);
  const first = failure.error ?? { type: 'Error', message: 'it failed', stage: stage.id };
  return {
    ...failure,
    error: { ...first, message: `${first.message}; its fallback also failed: ${second}` },
  };
}
