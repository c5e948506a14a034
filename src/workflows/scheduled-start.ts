import { scheduleActivity } from '@temporalio/workflow';
import type { Requirement } from '../engine/plan.js';
import type { StageError } from '../engine/result.js';
import type { RunInput } from '../engine/run-input.js';
import { ACTIVITY, ERROR_TYPE } from '../shared/names.js';
import type { RequirementCheckResult, RequirementCheckTask } from '../shared/requirement-check.js';

type Stoppable = { readonly stop: (reason: 'cancelled', note: string) => void };

/** True for a run that nobody could check before it began. */
export function isUnchecked({ schedule, check_requires }: RunInput): boolean {
  return schedule !== undefined || check_requires === true;
}

/**
 * Why a run that a schedule or a backfill started must not go on: what it requires is missing or too old. For other runs
 * the client has looked before they began. The run is stopped then, so that nothing of it starts but what always runs; null
 * when it may go on.
 */
export async function refusalOfStart(
  { plan, carried }: RunInput,
  run: Stoppable,
): Promise<StageError | null> {
  if (carried !== undefined || plan.requires.length === 0) return null;
  const task: RequirementCheckTask = { requires: plan.requires };
  const { unmet } = await scheduleActivity<RequirementCheckResult>(ACTIVITY.requirementCheck, [task], {
    summary: `requires ${plan.requires.map(nameOf).join(', ')}`,
    startToCloseTimeout: '30s',
    // A server that does not answer for a moment must not cost the run; it waits as every stage would.
    retry: { initialInterval: '1s', maximumInterval: '30s' },
  });
  if (unmet.length === 0) return null;
  const message = `cannot run now: ${unmet.join('; ')}`;
  run.stop('cancelled', message);
  return { type: ERROR_TYPE.requirements, message, stage: '' };
}

function nameOf(requirement: Requirement): string {
  return 'dataset' in requirement ? requirement.dataset : requirement.pipeline;
}
