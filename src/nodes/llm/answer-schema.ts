import { z } from 'zod';
import { StageFailure } from '../../activities/stage-failure.js';
import { ERROR_TYPE } from '../../shared/names.js';
import { NODE_ERROR } from '../node-errors.js';
import { readJson } from '../libraries/repair-json.js';
import type { LlmSetup } from './llm-options.js';

/** The name of a schema of the configuration, or a JSON Schema. */
export const schemaParam = z.union([z.string(), z.record(z.string(), z.json())]);

/** The shape that an answer is to have, for checking it and for telling a model. */
export type AnswerSchema = { readonly zod: z.ZodType; readonly json: object };

/** Throws `UnknownName` for a name that is not there, `ValidationError` for a JSON Schema that is none. */
export function answerSchema({ schemas }: LlmSetup, given: z.output<typeof schemaParam>): AnswerSchema {
  if (typeof given === 'string') {
    const schema = schemas.get(given);
    if (schema !== undefined)
      return { zod: schema, json: z.toJSONSchema(schema, { unrepresentable: 'any' }) };
    throw new StageFailure(
      `There is no schema "${given}" in the configuration. Schemas here: ${[...schemas.keys()].join(', ') || 'none'}.`,
      { type: NODE_ERROR.unknownName, retryable: false },
    );
  }
  try {
    return { zod: z.fromJSONSchema(given), json: given };
  } catch (cause) {
    throw new StageFailure('`schema` is no JSON Schema that can be checked', {
      type: ERROR_TYPE.validation,
      retryable: false,
      cause,
    });
  }
}

export type Fit = { readonly value: unknown } | { readonly problem: string };

/** The value in an answer, or what is wrong with it in words that a model can act on. */
export async function fit(answer: string, { zod }: AnswerSchema): Promise<Fit> {
  const read = await readJson(answer);
  if (read === undefined) return { problem: 'It is not JSON.' };
  const parsed = await zod.safeParseAsync(read);
  return parsed.success ? { value: parsed.data } : { problem: z.prettifyError(parsed.error) };
}
