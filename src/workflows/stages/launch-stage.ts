import type { StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import type { OpenStage } from '../../engine/steering.js';
import { reopenMap, runMap } from '../map/run-map.js';
import { reopenStage, startStage } from './run-stage.js';
import type { OnStageEnd, StageRunContext } from './stage-context.js';

/** Starts a stage: once, or for each item of its map. */
export function launchStage(
  stage: StagePlan,
  context: StageRunContext,
  onEnd: OnStageEnd,
): StageOutcome | null {
  return stage.map === null ? startStage(stage, context, onEnd) : runMap(stage, context, onEnd);
}

/** Goes on with a stage, or a map, that waited for people when its run went on in a new history. */
export function relaunchStage(
  stage: StagePlan,
  context: StageRunContext,
  options: { readonly onEnd: OnStageEnd; readonly open: OpenStage },
): void {
  if (stage.map === null) reopenStage(stage, context, options);
  else reopenMap(stage, context, options);
}
