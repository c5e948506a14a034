import { z } from 'zod';
import type { PageParams } from '../../shared/map-task.js';
import { isJsonObject, type Json } from '../../shared/json.js';
import type { Attempt } from '../attempt.js';
import { checkSchema } from '../check-schema.js';
import { validationFailure } from '../failure.js';
import { runStageFunction } from '../run-stage-function.js';
import type { Produced } from '../run-attempt.js';
import { type Environment, fillSecrets } from '../secrets.js';
import type { StageFunction } from '../stage-function.js';

type ReadPageDeps = { readonly stages: ReadonlyMap<string, StageFunction>; readonly env: Environment };

const pageParams = z.object({ uses: z.string(), with: z.json(), cursor: z.json() });

const page = z.object({
  items: z.array(z.unknown(), { error: 'expected a list' }),
  next: z.unknown().optional(),
});

/**
 * Asks a stage function for one page of what a fan-out goes over. A page that could never end the fan-out, because it
 * leads back to itself, is an error. Safe to run twice as far as the function is: the same cursor is the same page.
 */
export async function readPage(attempt: Attempt, deps: ReadPageDeps): Promise<Produced> {
  const params = await checkSchema(pageParams, fillSecrets(attempt.task, deps.env), 'The page does not fit');
  const { uses, cursor } = params;
  const stage = deps.stages.get(uses);
  if (stage === undefined) {
    const known = [...deps.stages.keys()].join(', ') || 'none';
    throw validationFailure(`This worker has no stage function "${uses}". It has: ${known}.`);
  }
  const { output } = await runStageFunction(stage, attempt, deps.env, givenTo(params));
  const what = `"${uses}" must return a page, { items: [ … ], next: the cursor of the next page or null }, and does not`;
  const { items, next = null } = await checkSchema(page, output, what);
  if (next !== null && JSON.stringify(next) === JSON.stringify(cursor)) {
    const shown = JSON.stringify(cursor).slice(0, 200);
    throw validationFailure(
      `"${uses}" gave the page at ${shown} with itself as the next one, so that it would never end. Return \`next: null\` with the last page.`,
    );
  }
  return { output: { items, next } };
}

function givenTo({ uses, with: given, cursor }: PageParams): Json {
  if (given === null) return { cursor };
  if (!isJsonObject(given)) {
    throw validationFailure(
      `\`with\` of the page source "${uses}" must be an object, because \`cursor\` is added to it.`,
    );
  }
  return { ...given, cursor };
}
