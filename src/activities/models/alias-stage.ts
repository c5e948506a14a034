import { z } from 'zod';
import type { Json } from '../../shared/json.js';
import type { StageContext } from '../stage-function.js';
import { actorOf } from './acting.js';
import { aliasName, json, modelName, versionName } from './model-schemas.js';

/** What every stage takes that changes what an alias means. */
export const aliasParams = {
  model: modelName,
  alias: aliasName,
  expected: versionName.nullable().optional(),
  reason: z.string().min(1),
  evidence: json.optional(),
};

/** What the alias means now, and what it meant before. */
export const aliasAnswer = z.object({
  model: z.string(),
  alias: z.string(),
  version: z.string().nullable(),
  previous: z.string().nullable(),
});

type Given = { readonly expected?: string | null | undefined; readonly evidence?: Json | undefined };

/** The wish of a stage: what was left out stays out, and an attempt that follows a lost answer is known by its key. */
export function aliasWish({ expected, evidence }: Given, ctx: StageContext) {
  return {
    ...(expected === undefined ? {} : { expected }),
    ...(evidence === undefined ? {} : { evidence }),
    ...actorOf(ctx),
    request: ctx.idempotencyKey,
  };
}

export function logAlias(
  ctx: StageContext,
  { model, alias, version, previous }: z.output<typeof aliasAnswer>,
) {
  ctx.log.info(`${alias} of ${model}: ${previous ?? 'nothing'} → ${version ?? 'nothing'}`);
}
