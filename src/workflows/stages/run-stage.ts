import type { StageKind, StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import type { OpenStage } from '../../engine/steering.js';
import { assertNever } from '../../shared/assert-never.js';
import { ERROR_TYPE } from '../../shared/names.js';
import { startPooled } from '../pool/pooled-stage.js';
import { failedOutcome } from '../stage-failure.js';
import { reopenHold, withHold } from '../steering/hold-layer.js';
import { runAsActivity } from './activity-stage.js';
import { fallbackEnd, withFallback } from './fallback.js';
import { reopenApproval, runApproval } from './approval-stage.js';
import { runCanary } from './canary-stage.js';
import { runGate } from './gate-stage.js';
import { runPipeline } from './pipeline-stage.js';
import { runSet } from './set-stage.js';
import type { OnStageEnd, StageRunContext, StageRunner } from './stage-context.js';
import { runSleep, runUntil } from './timer-stage.js';
import { runWaitFor } from './wait-stage.js';

const RUNNERS: Readonly<Record<StageKind, StageRunner>> = {
  uses: runAsActivity,
  run: runAsActivity,
  http: runAsActivity,
  pipeline: runPipeline,
  gate: runGate,
  set: runSet,
  sleep: runSleep,
  until: runUntil,
  wait_for: runWaitFor,
  approval: runApproval,
  canary: runCanary,
};

/** Starts a stage of any kind, as {@link StageRunner} says. An expression that cannot be evaluated fails the stage. */
export function startStage(
  stage: StagePlan,
  context: StageRunContext,
  onEnd: OnStageEnd,
): StageOutcome | null {
  const start = stage.hold === null ? startOnce : startHeld;
  const { fallback } = stage;
  return fallback === null
    ? start(stage, context, onEnd)
    : withFallback(start, fallback)(stage, context, onEnd);
}

/** Goes on with a stage that waited for people when its run went on in a new history. */
export function reopenStage(
  stage: StagePlan,
  context: StageRunContext,
  options: { readonly onEnd: OnStageEnd; readonly open: OpenStage },
): void {
  const { fallback } = stage;
  const onEnd = fallback === null ? options.onEnd : fallbackEnd(fallback, context, options.onEnd);
  switch (options.open.status) {
    case 'held':
      return reopenHold(stage, context, { ...options, onEnd, run: startOnce });
    case 'awaiting_approval':
      return reopenApproval(stage, context, options);
    default:
      return assertNever(options.open.status);
  }
}

const startHeld = withHold(startOnce);

/** Starts a stage once there are slots for it in its pools. */
function startOnce(stage: StagePlan, context: StageRunContext, onEnd: OnStageEnd): StageOutcome | null {
  if (stage.pools.length === 0) return startKind(stage, context, onEnd);
  try {
    return startPooled(stage, context, onEnd, startKind);
  } catch (error) {
    return expressionFailure(stage, error);
  }
}

/** Starts what the stage's kind does, without anything around it. */
function startKind(stage: StagePlan, context: StageRunContext, onEnd: OnStageEnd): StageOutcome | null {
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
