import { scheduleActivity, scheduleLocalActivity } from '@temporalio/workflow';
import type { StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import type { StageTask, TaskResult } from '../../shared/task.js';
import { activityOptions, localActivityOptions } from '../activity-options.js';
import { activityOutcome } from '../stage-failure.js';
import { activityCall } from './activity-call.js';
import { cacheRequest } from './cache-request.js';
import type { OnStageEnd, StageRunContext } from './stage-context.js';

/** Runs a registered stage function, a command on the worker, or an HTTP request from it. */
export function runAsActivity(
  stage: StagePlan,
  context: StageRunContext,
  onEnd: OnStageEnd,
): StageOutcome | null {
  if (context.runActivity !== undefined) return context.runActivity(stage, context, onEnd);
  const { type, params, secretSlots } = activityCall(stage, context.scope);
  const task = context.memory.taskOf(stage, params, secretSlots);
  context.budget.spend(params);
  const request = stage.cache === null ? task : { ...task, cache: cacheRequest(stage.cache, context.scope) };
  const { attempt } = context;
  void scheduleTask(stage, type, attempt === undefined ? request : { ...request, ...attempt }).then(
    (result) => {
      context.memory.merge(result?.state, result?.metrics);
      onEnd(stage, activitySuccess(type, result));
    },
    (error: unknown) => onEnd(stage, activityOutcome(stage, error)),
  );
  return null;
}

/** Schedules the activity of a stage as its plan says. */
export function scheduleTask(
  stage: StagePlan,
  activityType: string,
  task: StageTask,
): Promise<TaskResult | null> {
  return stage.mode === 'local'
    ? scheduleLocalActivity<TaskResult | null>(activityType, [task], localActivityOptions(stage))
    : scheduleActivity<TaskResult | null>(activityType, [task], activityOptions(stage));
}

/** A worker in another language may return nothing at all; that is a success without output. */
export function activitySuccess(activityType: string, result: TaskResult | null | undefined): StageOutcome {
  return {
    status: result?.reused_from === undefined ? 'succeeded' : 'reused',
    output: result?.output ?? null,
    attempts: result?.attempt ?? (result?.reused_from === undefined ? 1 : 0),
    ...(result?.queued_ms === undefined ? {} : { queued_ms: result.queued_ms }),
    ...(result?.output_ref === undefined ? {} : { output_ref: result.output_ref }),
    ...(result?.stream === undefined ? {} : { stream: result.stream }),
    ...(result?.state === undefined ? {} : { state: result.state }),
    ...(result?.version === undefined ? {} : { versions: { [activityType]: result.version } }),
    ...(result?.metrics === undefined ? {} : { metrics: result.metrics }),
    ...(result?.artifacts === undefined ? {} : { artifacts: result.artifacts }),
    ...(result?.reused_from === undefined ? {} : { reused_from: result.reused_from }),
  };
}
