import type { RequirementCheckResult, RequirementCheckTask } from '../shared/requirement-check.js';
import { requirementState, type RunLister } from './requirements.js';

export type RequirementCheck = (task: RequirementCheckTask) => Promise<RequirementCheckResult>;

/** Looks whether what a pipeline requires is there. Changes nothing, so it may run twice. */
export function createRequirementCheck(client: RunLister): RequirementCheck {
  return async ({ requires }) => {
    const now = new Date();
    const states = await Promise.all(requires.map((one) => requirementState(client, one, now)));
    return { unmet: states.filter(({ met }) => !met).map(({ message }) => message) };
  };
}
