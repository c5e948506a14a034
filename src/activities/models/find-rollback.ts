import { z } from 'zod';
import { asking } from './acting.js';
import type { BuiltInSpec } from './built-in-stages.js';
import type { ModelRegistry } from './model-registry.js';
import { aliasName, modelName, versionName, versionShape } from './model-schemas.js';

const params = z.strictObject({ model: modelName, alias: aliasName, to: versionName.nullish() });

const output = z.object(versionShape);

/** Looks up where a rollback would go, before anything is changed. Changes nothing, so it may run twice. */
export function findRollback(models: () => ModelRegistry): BuiltInSpec<typeof params, typeof output> {
  return {
    name: 'sluice/find-rollback',
    description: 'Looks up the version that a rollback of an alias would go to.',
    params,
    output,
    run: async ({ params: { model, alias, to } }) => {
      const question = { alias, ...(typeof to === 'string' ? { to } : {}) };
      const found = await asking(() => models().rollbackTarget(model, question));
      return { model, ...found } as z.input<typeof output>;
    },
  };
}
