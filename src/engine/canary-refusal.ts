import type { CanaryInput, CarriedCanary } from './canary.js';
import { isOver } from './canary-state.js';
import type { Steer } from './steering.js';

type Asked = Pick<CanaryInput, 'people' | 'run'>;

/** Why a person cannot promote the canary now, in a full sentence; null when it is possible. */
export function promoteRefusal(
  { people, run }: Asked,
  state: CarriedCanary,
  { by, step }: Steer & { readonly step?: boolean },
): string | null {
  const late = lateRefusal(state);
  if (late !== null) return late;
  const { approvers, by_approval_only } = people;
  if (by_approval_only) {
    return `Its promotion takes approvals: sluice approve ${run.workflow_id} ${run.stage}, once it asks for them.`;
  }
  if (approvers.length > 0 && !approvers.includes(by)) {
    return `"${by}" is not among those who may promote it: ${approvers.join(', ')}.`;
  }
  if (step === true && state.phase !== 'soaking' && state.phase !== 'asking') {
    return 'There is no step to take as passed: it is not soaking.';
  }
  return step !== true && state.at_once ? 'It is being promoted already.' : null;
}

/** Why it cannot be aborted. Whoever finds something wrong may do so; again, where the target refuses the way back. */
export function abortRefusal(state: CarriedCanary): string | null {
  return isStuck(state) ? null : lateRefusal(state);
}

/** True when the target has refused to send everything to the baseline, and is asked again later. */
export function isStuck({ phase, way_back = null }: CarriedCanary): boolean {
  return phase === 'rolling_back' && way_back !== null;
}

export function pauseRefusal(state: CarriedCanary): string | null {
  const { paused } = state;
  if (paused !== null) return `It is paused already, since ${paused.at} by ${paused.by}.`;
  return lateRefusal(state);
}

export function resumeRefusal(state: CarriedCanary): string | null {
  const { paused, run_paused, phase } = state;
  if (paused !== null || phase === 'asking') return lateRefusal(state);
  if (run_paused !== null)
    return `Its run is paused, since ${run_paused.at} by ${run_paused.by}: unpause the run.`;
  return 'It is neither paused nor in doubt about a step.';
}

function lateRefusal({ phase, decision }: CarriedCanary): string | null {
  if (phase === 'rolling_back') return `It is being rolled back already: ${decision?.reason ?? ''}.`;
  return isOver(phase) ? `It is over: ${phase.replace('_', ' ')}.` : null;
}
