import { z } from 'zod';
import { asking } from './acting.js';
import { aliasAnswer, aliasParams, aliasWish, logAlias } from './alias-stage.js';
import type { BuiltInSpec } from './built-in-stages.js';
import type { ModelRegistry } from './model-registry.js';
import { versionName } from './model-schemas.js';

const params = z.strictObject({ ...aliasParams, to: versionName.nullish() });

/**
 * Makes an alias mean again what it meant before, so that a further rollback goes on from there. An attempt that follows
 * one whose answer was lost gets the answer of the first.
 */
export function rollBackModel(models: () => ModelRegistry): BuiltInSpec<typeof params, typeof aliasAnswer> {
  return {
    name: 'sluice/roll-back-model',
    description: 'Makes an alias of a model, such as production, mean again what it meant before.',
    params,
    output: aliasAnswer,
    run: async ({ params: { model, alias, to, reason, ...given }, ctx }) => {
      const wish = {
        alias,
        reason,
        ...(typeof to === 'string' ? { to } : {}),
        ...aliasWish(given, ctx),
      };
      const answer = await asking(() => models().rollBack(model, wish));
      logAlias(ctx, answer);
      return answer;
    },
  };
}
