import type { StagePlan } from '../../engine/plan.js';
import type { HoldPlan } from '../../engine/stage-extras.js';
import { parseDuration } from '../../shared/duration.js';
import { isInstant } from '../../shared/instant.js';
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
): Pick<StagePlan, 'deadline_ms' | 'deadline_warn_ms' | 'deadline_at'> {
  if (typeof deadline !== 'object') return buildDue(deadline);
  const warn = deadline.warn_before === undefined ? null : parseDuration(deadline.warn_before);
  return {
    ...buildDue(deadline.at ?? deadline.after),
    ...(warn === null ? {} : { deadline_warn_ms: warn }),
  };
}

/** Durations and instants are told apart by their form. */
function buildDue(due: string | number | undefined): Pick<StagePlan, 'deadline_ms' | 'deadline_at'> {
  if (typeof due === 'string' && isInstant(due)) {
    return { deadline_ms: null, deadline_at: new Date(due).toISOString() };
  }
  return { deadline_ms: due === undefined ? null : parseDuration(due) };
}
