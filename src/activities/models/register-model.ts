import { z } from 'zod';
import { actorOf, asking } from './acting.js';
import type { BuiltInSpec } from './built-in-stages.js';
import type { ModelRegistry } from './model-registry.js';
import { artifactSchema, json, modelName, versionName, versionShape } from './model-schemas.js';

const params = z.strictObject({
  model: modelName,
  version: versionName,
  artifact: artifactSchema.nullable().default(null),
  metrics: z.record(z.string(), z.number()).default({}),
  parameters: z.record(z.string(), json).default({}),
  data_fingerprint: z.string().nullable().default(null),
  description: z.string().nullable().default(null),
  labels: z.record(z.string(), z.string()).default({}),
});

const output = z.object(versionShape);

/** Keeps a version of a model. The same content again gives the version that is there, so it may run twice. */
export function registerModel(models: () => ModelRegistry): BuiltInSpec<typeof params, typeof output> {
  return {
    name: 'sluice/register-model',
    description: 'Keeps a version of a model in the registry.',
    params,
    output,
    run: async ({ params: { model, ...content }, ctx }) => {
      const version = await asking(() => models().register(model, { ...content, ...actorOf(ctx) }));
      ctx.log.info(`Registered ${model} ${version.version}`);
      return { model, ...version } as z.input<typeof output>;
    },
  };
}
