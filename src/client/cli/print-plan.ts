import { checkInputs } from '../../engine/check-inputs.js';
import type { Plan } from '../../engine/plan.js';
import type { JsonObject } from '../../shared/json.js';
import type { CliContext } from './context.js';
import { formatPlan } from './format-plan.js';
import { planDocument } from './plan-view.js';
import { checkRunRequest } from './runs/check-run-request.js';

export type PlanPrintRequest = {
  readonly mode: string | null;
  /** As given by the user; null leaves them unchecked, so that a plan can be looked at without any. */
  readonly inputs: JsonObject | null;
};

/**
 * Prints what a run would do: `sluice plan` and `sluice run --dry-run`. Throws a `UsageError` when the mode does not
 * exist or the inputs do not fit.
 */
export function printPlan(cli: CliContext, plan: Plan, { mode, inputs }: PlanPrintRequest): void {
  checkRunRequest(inputs === null ? { ...plan, inputs: {} } : plan, { inputs: inputs ?? {}, mode });
  const checked = inputs === null ? null : checkInputs(plan.inputs, inputs).inputs;
  const document = planDocument(plan, { mode, inputs: checked });
  if (cli.isJson) cli.json(document);
  else cli.print(formatPlan(document, cli.colours.stdout));
}
