import {
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowCancellationType,
  startChild,
  isCancellation,
  ParentClosePolicy,
  workflowInfo,
} from '@temporalio/workflow';
import { createRunInput } from '../../engine/create-run-input.js';
import { inheritedMode } from '../../engine/inherited-mode.js';
import { WATCH_MEMO, watchOf } from '../../engine/health/watch.js';
import type { Plan, StagePlan } from '../../engine/plan.js';
import type { RunResult } from '../../engine/result.js';
import type { RunInput } from '../../engine/run-input.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import { resolveTemplate } from '../../expressions/template.js';
import type { JsonObject } from '../../shared/json.js';
import { ERROR_TYPE, PIPELINE_WORKFLOW } from '../../shared/names.js';
import { retryPolicy, summaryOf } from '../activity-options.js';
import { attemptFailure } from '../attempt-failure.js';
import { childSearchAttributes } from '../search-attributes.js';
import { childCause, failedOutcome, timeoutOutcome, wasEndedByOthers } from '../stage-failure.js';
import { passPauseOn } from '../steering/pass-pause-on.js';
import type { PauseSwitch } from '../steering/pause-switch.js';
import type { OnStageEnd, StageRunContext } from './stage-context.js';

/**
 * Runs another pipeline as a child workflow, in the mode of this run if it has one of that name. Its outputs are the
 * stage's output. Cancellation goes down to it, and the stage ends when the child has ended, `finally` included.
 */
export function runPipeline(
  stage: StagePlan,
  context: StageRunContext,
  onEnd: OnStageEnd,
): StageOutcome | null {
  if (stage.action.kind !== 'pipeline') throw new Error(`Stage "${stage.id}" is not a pipeline stage.`);
  if (context.runPipeline !== undefined) return context.runPipeline(stage, context, onEnd);
  const key = stage.action.pipeline;
  const plan = context.plan.pipelines[key];
  if (plan === undefined) throw new Error(`The plan holds no pipeline "${key}".`);
  const inputs = resolveTemplate(stage.action.with ?? {}, context.scope).value as JsonObject;
  const { mode, partition } = context.memory.facts;
  const request = createRunInput(childPlan(plan, stage, context.plan), {
    inputs,
    mode: inheritedMode(plan, mode),
    ...(partition === undefined ? {} : { partition }),
  });
  if ('problems' in request) {
    return failedOutcome(
      stage,
      ERROR_TYPE.validation,
      `pipeline "${plan.pipeline}": ${request.problems.join('; ')}`,
    );
  }
  void execute(stage, withKeys(request.input, context), context.pause).then(
    (result) => onEnd(stage, succeeded(result)),
    (error: unknown) => onEnd(stage, childOutcome(stage, plan, error)),
  );
  return null;
}

/** Who must sign in the parent must sign in the child. */
function withKeys(input: RunInput, { approvals }: StageRunContext): RunInput {
  const keys = approvals?.keys ?? {};
  return Object.keys(keys).length === 0 ? input : { ...input, approval_keys: keys };
}

/** One attempt of the stage is one run of the child, so the stage's timeout bounds the child's own. */
function childPlan(plan: Plan, stage: StagePlan, root: Plan): Plan {
  const timeout_ms = Math.min(plan.timeout_ms ?? Infinity, stage.timeout_ms);
  return { ...plan, timeout_ms, pipelines: root.pipelines };
}

async function execute(stage: StagePlan, input: RunInput, pause: PauseSwitch): Promise<RunResult> {
  const { workflowId } = workflowInfo();
  const key = workflowId.slice(workflowId.indexOf('/') + 1);
  const child = await startChild<(input: RunInput) => Promise<RunResult>>(PIPELINE_WORKFLOW, {
    args: [input],
    workflowId: `${input.plan.pipeline}/${key}.${stage.id}`,
    cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    retry: retryPolicy(stage.retry),
    staticSummary: summaryOf(stage),
    ...(stage.total_timeout_ms === null ? {} : { workflowExecutionTimeout: stage.total_timeout_ms }),
    ...(stage.task_queue === null ? {} : { taskQueue: stage.task_queue }),
    ...childSearchAttributes(input),
    ...watchMemo(input.plan),
  });
  const leave = passPauseOn(child, pause);
  try {
    return await child.result();
  } finally {
    leave();
  }
}

/** A child is watched like any other run of its pipeline. */
function watchMemo(plan: RunInput['plan']): { readonly memo?: Record<string, unknown> } {
  const watch = watchOf(plan);
  return watch === null ? {} : { memo: { [WATCH_MEMO]: watch } };
}

function succeeded(result: RunResult): StageOutcome {
  const versions = versionsOf(result);
  return {
    status: 'succeeded',
    output: result.outputs,
    metrics: result.metrics,
    attempts: 1,
    ...(versions === null ? {} : { versions }),
  };
}

/** Versions of all functions that ran in the child. One that changed while it ran counts as neither. */
function versionsOf({ stages }: RunResult): Readonly<Record<string, string>> | null {
  const versions: Record<string, string> = {};
  for (const stage of Object.values(stages)) {
    for (const [name, version] of Object.entries(stage.versions ?? {})) {
      const known = versions[name];
      versions[name] = known === undefined || known === version ? version : `${known}, ${version}`;
    }
  }
  return Object.keys(versions).length === 0 ? null : versions;
}

function childOutcome(stage: StagePlan, plan: Plan, error: unknown): StageOutcome {
  if (isCancellation(error) && CancellationScope.current().consideredCancelled) {
    return { status: 'cancelled', attempts: 1 };
  }
  const cause = childCause(error);
  if (wasEndedByOthers(cause)) {
    return failedOutcome(
      stage,
      ERROR_TYPE.pipelineCancelled,
      `pipeline "${plan.pipeline}" was stopped by somebody else`,
    );
  }
  if (!(cause instanceof ApplicationFailure)) {
    return failedOutcome(
      stage,
      ERROR_TYPE.pipelineFailed,
      cause instanceof Error ? cause.message : String(cause),
    );
  }
  const result = cause.details?.[0] as RunResult | undefined;
  const message = `pipeline "${plan.pipeline}" ${cause.message}`;
  if (cause.type === ERROR_TYPE.pipelineTimedOut) {
    return { ...timeoutOutcome(stage, message, 1), failure: attemptFailure(stage, cause) };
  }
  const origin = result?.error === undefined || result.error === null ? '' : `/${result.error.stage}`;
  const type = cause.type ?? ERROR_TYPE.pipelineFailed;
  const failure = attemptFailure(stage, cause);
  return { status: 'failed', error: { type, message, stage: `${stage.id}${origin}` }, attempts: 1, failure };
}
