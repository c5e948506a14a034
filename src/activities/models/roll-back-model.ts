import { z } from 'zod';
import { actorOf, asking } from './acting.js';
import type { BuiltInSpec } from './built-in-stages.js';
import type { ModelRegistry } from './model-registry.js';
import { aliasName, json, modelName, versionName } from './model-schemas.js';

const params = z.strictObject({
  model: modelName,
  alias: aliasName,
  to: versionName.nullish(),
  expected: versionName.nullable().optional(),
  reason: z.string().min(1),
  evidence: json.optional(),
});

const output = z.object({
  model: z.string(),
  alias: z.string(),
  version: z.string().nullable(),
  previous: z.string().nullable(),
});

/**
 * Makes an alias mean again what it meant before, so that a further rollback goes on from there. An attempt that follows
 * one whose answer was lost is known by the stage's idempotency key, so it gets the answer of the first.
 */
export function rollBackModel(models: () => ModelRegistry): BuiltInSpec<typeof params, typeof output> {
  return {
    name: 'sluice/roll-back-model',
    description: 'Makes an alias of a model, such as production, mean again what it meant before.',
    params,
    output,
    run: async ({ params: { model, to, expected, evidence, ...wish }, ctx }) => {
      const answer = await asking(() =>
        models().rollBack(model, {
          ...wish,
          ...(typeof to === 'string' ? { to } : {}),
          ...(expected === undefined ? {} : { expected }),
          ...(evidence === undefined ? {} : { evidence }),
          ...actorOf(ctx),
          request: ctx.idempotencyKey,
        }),
      );
      ctx.log.info(
        `${answer.alias} of ${model}: ${answer.previous ?? 'nothing'} → ${answer.version ?? 'nothing'}`,
      );
      return answer;
    },
  };
}
