import { suggest } from '../../../definition/suggest.js';
import { createRunInput } from '../../../engine/create-run-input.js';
import type { Plan } from '../../../engine/plan.js';
import type { JsonObject } from '../../../shared/json.js';
import { UsageError } from '../errors.js';

/**
 * Checks what a person gave for a run before anything is started for it. Throws a {@link UsageError} with all
 * problems at once, and what was probably meant.
 */
export function checkRunRequest(
  plan: Plan,
  request: { readonly inputs: JsonObject; readonly mode: string | null },
): void {
  const made = createRunInput(plan, request);
  if ('input' in made) return;
  const problems = made.problems.map((problem) => `${problem}${suggestion(problem, plan)}`);
  const [only = ''] = problems;
  throw new UsageError(
    problems.length === 1
      ? `Pipeline "${plan.pipeline}" cannot start: ${/[.?]$/.test(only) ? only : `${only}.`}`
      : `Pipeline "${plan.pipeline}" cannot start, for ${problems.length} reasons:\n${problems.map((line) => `  ${line}`).join('\n')}`,
    {
      code: 'invalid_inputs',
      hint: 'Inputs are given with -i NAME=VALUE (lists, objects, numbers and booleans as JSON) or --input-file FILE.',
    },
  );
}

function suggestion(problem: string, plan: Plan): string {
  const [, kind, name = ''] = /^(input|mode) "(.+?)" does not exist/.exec(problem) ?? [];
  if (kind === undefined) return '';
  const near = suggest(name, Object.keys(kind === 'input' ? plan.inputs : plan.modes));
  return near === null ? '' : ` Did you mean "${near}"?`;
}
