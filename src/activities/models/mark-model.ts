import { z } from 'zod';
import { actorOf, asking } from './acting.js';
import type { BuiltInSpec } from './built-in-stages.js';
import type { ModelRegistry } from './model-registry.js';
import { json, modelName, versionName } from './model-schemas.js';

const params = z.strictObject({
  model: modelName,
  version: versionName,
  status: z.enum(['ready', 'failed']),
  reason: z.string().min(1),
  evidence: json.optional(),
});

const output = z.object({ model: z.string(), version: z.string(), changed: z.boolean() });

/** Says that a version is no good, or good after all. A second time it changes nothing. */
export function markModel(models: () => ModelRegistry): BuiltInSpec<typeof params, typeof output> {
  return {
    name: 'sluice/mark-model',
    description: 'Marks a version of a model as failed, or as ready again.',
    params,
    output,
    run: async ({ params: { model, evidence, ...mark }, ctx }) => {
      const shown = evidence === undefined ? {} : { evidence };
      const changed = await asking(() => models().mark(model, { ...mark, ...shown, ...actorOf(ctx) }));
      return { model, version: mark.version, changed };
    },
  };
}
