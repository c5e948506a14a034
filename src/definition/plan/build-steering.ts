import type { StagePlan } from '../../engine/plan.js';
import type { HoldPlan } from '../../engine/stage-extras.js';
import { parseDuration } from '../../shared/duration.js';
import type { StageDefinition } from '../schema/stage-schema.js';

/** What `hold_on_failure` says; null where a stage out of attempts ends. */
export function buildHold(hold: StageDefinition['hold_on_failure']): HoldPlan | null {
  if (hold === undefined || hold === false) return null;
  if (hold === true) return { timeout_ms: null, on_timeout: 'fail' };
  return {
    timeout_ms: hold.timeout === undefined ? null : parseDuration(hold.timeout),
    on_timeout: hold.on_timeout ?? 'fail',
  };
}

/** What `deadline` of a stage or a run says. */
export function buildDeadline(
  deadline: StageDefinition['deadline'],
): Pick<StagePlan, 'deadline_ms' | 'deadline_warn_ms'> {
  if (typeof deadline !== 'object') {
    return { deadline_ms: deadline === undefined ? null : parseDuration(deadline) };
  }
  const warn = deadline.warn_before === undefined ? null : parseDuration(deadline.warn_before);
  return {
    deadline_ms: parseDuration(deadline.after),
    ...(warn === null ? {} : { deadline_warn_ms: warn }),
  };
}
