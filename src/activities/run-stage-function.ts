import type { Attempt } from './attempt.js';
import { checkSchema } from './check-schema.js';
import { plainChunk } from './plain-chunk.js';
import type { Produced } from './run-attempt.js';
import { type Environment, fillSecrets } from './secrets.js';
import type { StageFunction } from './stage-function.js';

type FunctionAttempt = Pick<Attempt, 'ctx' | 'task' | 'redact' | 'stream'>;

/** Calls a stage function with its params checked, and checks what it returns and what it yields. */
export async function runStageFunction(
  stage: StageFunction,
  attempt: FunctionAttempt,
  env: Environment,
  given: unknown = fillSecrets(attempt.task, env),
): Promise<Produced> {
  const { stream, ctx } = attempt;
  const params = await checkSchema(stage.params, given, `The params of "${stage.name}" do not fit`);
  const continues = stage.onRetry === 'continue';
  // Only a function that goes on needs to know what is there before it begins.
  if (continues) await stream.open('continue');
  const returned: unknown = await stage.run({ params, ctx, published: stream.published });
  if (!isGenerator(returned)) return { output: await checkOutput(stage, returned) };
  if (!continues) await stream.open('restart');
  const output = await drain(stage, attempt, returned);
  return { output: await checkOutput(stage, output ?? summaryOf(attempt)) };
}

/** Takes chunk by chunk, and no further one before the last is on its way to the store. */
async function drain(
  stage: StageFunction,
  { stream, ctx, redact, task }: FunctionAttempt,
  chunks: AsyncGenerator<unknown, unknown, void>,
): Promise<unknown> {
  try {
    for (;;) {
      const { done, value } = await chunks.next();
      ctx.signal.throwIfAborted();
      if (done === true) {
        await stream.end();
        return value;
      }
      const index = stream.ref?.chunks ?? 0;
      const fits =
        stage.chunk === undefined
          ? value
          : await checkSchema(stage.chunk, value, `Chunk ${index} of "${stage.name}" does not fit`);
      await stream.append(plainChunk(task, index, fits, redact));
    }
  } catch (error) {
    await stream.abandon();
    await chunks.return(undefined);
    throw error;
  }
}

function summaryOf({ stream }: FunctionAttempt): { readonly chunks: number; readonly bytes: number } {
  return { chunks: stream.ref?.chunks ?? 0, bytes: stream.ref?.bytes ?? 0 };
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

/** By its shape: generators of other realms are no instances of ours. */
function isGenerator(value: unknown): value is AsyncGenerator<unknown, unknown, void> {
  if (typeof value !== 'object' || value === null || !(Symbol.asyncIterator in value)) return false;
  return 'next' in value && 'return' in value && 'throw' in value;
}
