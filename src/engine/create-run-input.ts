import type { JsonObject } from '../shared/json.js';
import type { Partition } from '../shared/partition.js';
import { checkInputs } from './check-inputs.js';
import { modeOf } from './inherited-mode.js';
import { packPlan } from './pack-plan.js';
import type { Plan } from './plan.js';
import type { ReusedRun } from './reuse.js';
import type { RunInput } from './run-input.js';

export type RunRequest = {
  readonly inputs?: JsonObject;
  readonly mode?: string | null;
  readonly forced?: boolean;
  readonly reuse?: ReusedRun;
  /** The window of time that the run is for, where a backfill starts it. */
  readonly partition?: Partition;
};

/** The argument of a new run, or all that is wrong with the request: inputs that do not fit, an unknown mode. */
export function createRunInput(
  plan: Plan,
  request: RunRequest,
): { readonly input: RunInput } | { readonly problems: readonly string[] } {
  const { inputs, problems } = checkInputs(plan.inputs, request.inputs ?? {});
  const messages = problems.map((problem) => problem.message);
  const mode = request.mode ?? null;
  const selected = modeOf(plan, mode);
  if (mode !== null && selected === undefined) {
    const modes = Object.keys(plan.modes);
    const known = modes.length === 0 ? 'The pipeline has no modes.' : `Modes: ${modes.join(', ')}.`;
    messages.push(`mode "${mode}" does not exist. ${known}`);
  }
  if (messages.length > 0) return { problems: messages };
  const variables = { ...plan.variables, ...selected?.variables };
  return {
    input: {
      plan: packPlan(plan),
      inputs,
      variables,
      mode,
      summary: true,
      journal: true,
      ...(request.forced === true ? { forced: true } : {}),
      ...(request.reuse === undefined ? {} : { reuse: request.reuse }),
      ...(request.partition === undefined ? {} : { partition: request.partition }),
    },
  };
}
