import type { StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import { ERROR_TYPE } from '../../shared/names.js';
import { prepareCanary } from '../canary/canary-input.js';
import { CanaryWatch } from '../canary/canary-watch.js';
import { failedOutcome } from '../stage-failure.js';
import type { OnStageEnd, StageRunContext } from './stage-context.js';

/**
 * Runs a canary as a child workflow, so that a soak of days is kept in a history of its own and whoever watches the service
 * finds it by name. Whatever ends the stage other than a promotion has sent all traffic back to the baseline.
 */
export function runCanary(
  stage: StagePlan,
  context: StageRunContext,
  onEnd: OnStageEnd,
): StageOutcome | null {
  if (stage.action.kind !== 'canary') throw new Error(`Stage "${stage.id}" is not a canary.`);
  const { canary } = stage.action;
  const { canaries, approvals } = context;
  if (canaries === undefined || approvals === undefined || context.isPartOfItem === true) {
    const message =
      'it runs inside an item of a map, where nobody could steer it; write a stage for each service';
    return failedOutcome(stage, ERROR_TYPE.validation, message);
  }
  const prepared = prepareCanary(stage, canary, context);
  if ('problem' in prepared) return failedOutcome(stage, ERROR_TYPE.validation, prepared.problem);
  const { mark, pause } = context;
  const { required } = canary.approval;
  new CanaryWatch(stage, prepared, { canaries, approvals, required, mark, pause, onEnd }).start();
  return null;
}
