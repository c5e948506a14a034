import { scheduleActivity, scheduleLocalActivity } from '@temporalio/workflow';
import type { Template, StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import { resolveTemplate } from '../../expressions/template.js';
import { ACTIVITY } from '../../shared/names.js';
import type { Json } from '../../shared/json.js';
import type { StageTask, TaskResult } from '../../shared/task.js';
import { activityOptions, localActivityOptions } from '../activity-options.js';
import { activityOutcome } from '../stage-failure.js';
import { cacheRequest } from './cache-request.js';
import type { OnStageEnd, StageRunContext } from './stage-context.js';

/** Runs a registered stage function. */
export function runFunction(stage: StagePlan, context: StageRunContext, onEnd: OnStageEnd): null {
  if (stage.action.kind !== 'uses') throw new Error(`Stage "${stage.id}" is not a function stage.`);
  return runActivity(
    stage,
    stage.action.uses,
    context.memory.task(stage, stage.action.with, context.scope),
    context,
    onEnd,
  );
}

/** Runs a command on the worker. A command given as a string is passed on as it is: the shell's `${}` stay its own. */
export function runCommand(stage: StagePlan, context: StageRunContext, onEnd: OnStageEnd): null {
  if (stage.action.kind !== 'run') throw new Error(`Stage "${stage.id}" is not a command stage.`);
  const { command, env, cwd, grace_ms } = stage.action;
  const isScript = typeof command === 'string';
  const template: Template = isScript ? { env, cwd } : { command, env, cwd };
  const { value, secretSlots } = resolveTemplate(template, context.scope);
  const params: Json = {
    ...(value as { readonly [key: string]: Json }),
    ...(isScript ? { command } : {}),
    grace_ms,
  };
  return runActivity(stage, ACTIVITY.run, context.memory.taskOf(stage, params, secretSlots), context, onEnd);
}

/** Sends an HTTP request from the worker. */
export function runHttp(stage: StagePlan, context: StageRunContext, onEnd: OnStageEnd): null {
  if (stage.action.kind !== 'http') throw new Error(`Stage "${stage.id}" is not an HTTP stage.`);
  const task = context.memory.task(stage, stage.action.request, context.scope);
  return runActivity(stage, ACTIVITY.http, task, context, onEnd);
}

/** Schedules the stage's activity and books what came of it. */
function runActivity(
  stage: StagePlan,
  activityType: string,
  task: StageTask,
  context: StageRunContext,
  onEnd: OnStageEnd,
): null {
  context.budget.spend(task.params);
  const request = stage.cache === null ? task : { ...task, cache: cacheRequest(stage.cache, context.scope) };
  void schedule(stage, activityType, request).then(
    (result) => {
      context.memory.merge(result?.state, result?.metrics);
      onEnd(stage, activitySuccess(activityType, result));
    },
    (error: unknown) => onEnd(stage, activityOutcome(stage, error)),
  );
  return null;
}

function schedule(stage: StagePlan, activityType: string, task: StageTask): Promise<TaskResult | null> {
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
    ...(result?.state === undefined ? {} : { state: result.state }),
    ...(result?.version === undefined ? {} : { versions: { [activityType]: result.version } }),
    ...(result?.metrics === undefined ? {} : { metrics: result.metrics }),
    ...(result?.artifacts === undefined ? {} : { artifacts: result.artifacts }),
    ...(result?.reused_from === undefined ? {} : { reused_from: result.reused_from }),
  };
}
