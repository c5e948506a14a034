import type { Requirement } from '../engine/plan.js';
import type { RunInput } from '../engine/run-input.js';
import { requirementState, type RequirementState, type RunLister } from '../worker/requirements.js';
import { ClientError } from './client-error.js';

/** How each requirement stands, in the order of the definition. */
export async function requirementStates(
  client: RunLister,
  requires: readonly Requirement[],
  now = new Date(),
): Promise<readonly RequirementState[]> {
  return Promise.all(requires.map((requirement) => requirementState(client, requirement, now)));
}

/**
 * Lets a run in whose requirements are met. Where a person insists it is let in all the same, and the input records what
 * was not met. Throws `requirements_not_met` with all that is missing.
 */
export async function admit(
  client: RunLister,
  input: RunInput,
  { force }: { readonly force: boolean },
): Promise<RunInput> {
  const { pipeline, requires } = input.plan;
  const states = await requirementStates(client, requires);
  const unmet = states.filter(({ met }) => !met).map(({ message }) => message);
  if (force) return { ...input, forced: true, forced_past: unmet };
  if (unmet.length === 0) return input;
  throw new ClientError(
    'requirements_not_met',
    `Pipeline "${pipeline}" cannot run now: ${unmet.join('; ')}.`,
    { hint: 'Run what is missing first, or start anyway with --force. "sluice check" says more.' },
  );
}
