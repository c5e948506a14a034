import type { StageKind, StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import { ERROR_TYPE } from '../../shared/names.js';
import { failedOutcome } from '../stage-failure.js';
import { runCommand, runFunction, runHttp } from './activity-stage.js';
import { runGate } from './gate-stage.js';
import { runPipeline } from './pipeline-stage.js';
import { runSet } from './set-stage.js';
import type { OnStageEnd, StageRunContext, StageRunner } from './stage-context.js';
import { runSleep, runUntil } from './timer-stage.js';
import { runWaitFor } from './wait-stage.js';

const RUNNERS: Readonly<Record<StageKind, StageRunner>> = {
  uses: runFunction,
  run: runCommand,
  http: runHttp,
  pipeline: runPipeline,
  gate: runGate,
  set: runSet,
  sleep: runSleep,
  until: runUntil,
  wait_for: runWaitFor,
};

/** Starts a stage of any kind, as {@link StageRunner} says. An expression that cannot be evaluated fails the stage. */
export function startStage(
  stage: StagePlan,
  context: StageRunContext,
  onEnd: OnStageEnd,
): StageOutcome | null {
  try {
    return RUNNERS[stage.action.kind](stage, context, onEnd);
  } catch (error) {
    return expressionFailure(stage, error);
  }
}

/** How a stage ends whose expression cannot be evaluated; anything else is a bug and is thrown on. */
export function expressionFailure(stage: StagePlan, error: unknown): StageOutcome {
  if (!(error instanceof Error) || error.name !== 'ExpressionError') throw error;
  return failedOutcome(stage, ERROR_TYPE.expression, error.message);
}
