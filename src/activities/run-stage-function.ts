import type { Attempt } from './attempt.js';
import { checkSchema } from './check-schema.js';
import type { Produced } from './run-attempt.js';
import { type Environment, fillSecrets } from './secrets.js';
import type { StageFunction } from './stage-function.js';

/** Calls a stage function with its params checked, and checks what it returns. */
export async function runStageFunction(
  stage: StageFunction,
  attempt: Pick<Attempt, 'ctx' | 'task'>,
  env: Environment,
  given: unknown = fillSecrets(attempt.task, env),
): Promise<Produced> {
  const params = await checkSchema(stage.params, given, `The params of "${stage.name}" do not fit`);
  const returned: unknown = await stage.run({ params, ctx: attempt.ctx });
  return { output: await checkOutput(stage, returned) };
}

async function checkOutput(stage: StageFunction, returned: unknown): Promise<unknown> {
  // A function without a result returns undefined; to a schema of JSON that is null.
  if (returned === undefined && !(await stage.output.safeParseAsync(undefined)).success) {
    return checkSchema(
      stage.output,
      null,
      `The stage function "${stage.name}" returned nothing, which does not fit its output`,
    );
  }
  return checkSchema(stage.output, returned, `The output of "${stage.name}" does not fit`);
}
