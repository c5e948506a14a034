import type { StageKind, StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import { ERROR_TYPE } from '../../shared/names.js';
import { failedOutcome } from '../stage-failure.js';
import { runCommand, runFunction, runHttp } from './activity-stage.js';
import { runGate } from './gate-stage.js';
import { runPipeline } from './pipeline-stage.js';
import { runSet } from './set-stage.js';
import type { StageRunContext, StageRunner } from './stage-context.js';
import { runSleep, runUntil } from './timer-stage.js';
import { runWaitFor } from './wait-stage.js';

type InstantKind = 'gate' | 'set';

const RUNNERS: Readonly<Record<Exclude<StageKind, InstantKind>, StageRunner>> = {
  uses: runFunction,
  run: runCommand,
  http: runHttp,
  pipeline: runPipeline,
  sleep: runSleep,
  until: runUntil,
  wait_for: runWaitFor,
};

/** The outcome of a stage that needs nothing from outside the workflow; null for all other kinds. */
export function runInstantly(stage: StagePlan, context: StageRunContext): StageOutcome | null {
  try {
    if (stage.action.kind === 'gate') return runGate(stage, context);
    if (stage.action.kind === 'set') return runSet(stage, context);
    return null;
  } catch (error) {
    return expressionFailure(stage, error);
  }
}

/** Runs a stage of any kind to its end. An expression that cannot be evaluated fails the stage. */
export async function runStage(stage: StagePlan, context: StageRunContext): Promise<StageOutcome> {
  try {
    const { kind } = stage.action;
    if (kind === 'gate' || kind === 'set') return runInstantly(stage, context) ?? unreachable(stage);
    return await RUNNERS[kind](stage, context);
  } catch (error) {
    return expressionFailure(stage, error);
  }
}

/** How a stage ends whose expression cannot be evaluated; anything else is a bug and is thrown on. */
export function expressionFailure(stage: StagePlan, error: unknown): StageOutcome {
  if (!(error instanceof Error) || error.name !== 'ExpressionError') throw error;
  return failedOutcome(stage, ERROR_TYPE.expression, error.message);
}

function unreachable(stage: StagePlan): never {
  throw new Error(`Stage "${stage.id}" gave no outcome.`);
}
