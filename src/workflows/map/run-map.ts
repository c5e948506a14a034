import type { StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import { ERROR_TYPE } from '../../shared/names.js';
import { failedOutcome } from '../stage-failure.js';
import type { OnStageEnd, StageRunContext } from '../stages/stage-context.js';

/** Runs a stage for each item of its map. The stage ends when the last of them has ended. */
export function runMap(stage: StagePlan, _context: StageRunContext, _onEnd: OnStageEnd): StageOutcome | null {
  return failedOutcome(stage, ERROR_TYPE.validation, 'this worker cannot run maps yet');
}
