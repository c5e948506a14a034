import { z } from 'zod';
import { asking } from './acting.js';
import { aliasAnswer, aliasParams, aliasWish, logAlias } from './alias-stage.js';
import type { BuiltInSpec } from './built-in-stages.js';
import type { ModelRegistry } from './model-registry.js';
import { versionName } from './model-schemas.js';

const params = z.strictObject({ ...aliasParams, version: versionName.nullable() });

/** Makes an alias mean a version. An attempt that follows one whose answer was lost gets the answer of the first. */
export function moveModelAlias(models: () => ModelRegistry): BuiltInSpec<typeof params, typeof aliasAnswer> {
  return {
    name: 'sluice/move-model-alias',
    description: 'Makes an alias of a model, such as production, mean a version.',
    params,
    output: aliasAnswer,
    run: async ({ params: { model, alias, version, reason, ...given }, ctx }) => {
      const move = { alias, version, reason, ...aliasWish(given, ctx) };
      const answer = await asking(() => models().move(model, move));
      logAlias(ctx, answer);
      return answer;
    },
  };
}
