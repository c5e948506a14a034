import type { StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import { runMap } from '../map/run-map.js';
import { startStage } from './run-stage.js';
import type { OnStageEnd, StageRunContext } from './stage-context.js';

/** Starts a stage: once, or for each item of its map. */
export function launchStage(
  stage: StagePlan,
  context: StageRunContext,
  onEnd: OnStageEnd,
): StageOutcome | null {
  return stage.map === null ? startStage(stage, context, onEnd) : runMap(stage, context, onEnd);
}
