import type { StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import type { OpenStage } from '../../engine/steering.js';
import type { OnStageEnd, StageRunContext, StageRunner } from '../stages/stage-context.js';
import { HeldStage, type HoldState } from './held-stage.js';

/** Makes a runner hold a stage that is out of attempts until somebody decides. */
export function withHold(run: StageRunner): StageRunner {
  return (stage, context, onEnd): StageOutcome | null => new HeldStage(stage, context, onEnd, run).start();
}

/** Goes on with a hold that began in an earlier history. */
export function reopenHold(
  stage: StagePlan,
  context: StageRunContext,
  options: { readonly onEnd: OnStageEnd; readonly run: StageRunner; readonly open: OpenStage },
): void {
  const state = options.open.wait as unknown as HoldState;
  new HeldStage(stage, context, options.onEnd, options.run).reopen(state);
}
