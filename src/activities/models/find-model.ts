import { z } from 'zod';
import { ERROR_TYPE } from '../../shared/names.js';
import { StageFailure } from '../stage-failure.js';
import { asking } from './acting.js';
import type { BuiltInSpec } from './built-in-stages.js';
import type { ModelRegistry } from './model-registry.js';
import { aliasName, modelName, versionName, versionShape } from './model-schemas.js';

const params = z
  .strictObject({
    model: modelName,
    version: versionName.optional(),
    alias: aliasName.optional(),
    required: z.boolean().default(false),
  })
  .refine(({ version, alias }) => (version === undefined) !== (alias === undefined), {
    error: 'give `version` or `alias`, and not both',
  });

const output = z.object({
  found: z.boolean(),
  ...versionShape,
  version: versionShape.version.nullable(),
  status: versionShape.status.nullable(),
  registered_at: z.string().nullable(),
  registered_by: z.string().nullable(),
});

const NOTHING = {
  version: null,
  description: null,
  metrics: {},
  parameters: {},
  data_fingerprint: null,
  artifact: null,
  labels: {},
  aliases: [],
  status: null,
  status_reason: null,
  run: null,
  registered_at: null,
  registered_by: null,
};

/** Looks a version up by its name or by an alias. Changes nothing, so it may run twice. */
export function findModel(models: () => ModelRegistry): BuiltInSpec<typeof params, typeof output> {
  return {
    name: 'sluice/find-model',
    description: 'Looks a version of a model up, by its name or by an alias.',
    params,
    output,
    run: async ({ params: { model, version, alias, required } }) => {
      const what = version === undefined ? { alias: alias ?? '' } : { version };
      const found = await asking(() => models().find(model, what));
      if (found !== null) return { found: true, model, ...found } as z.input<typeof output>;
      if (!required) return { found: false, model, ...NOTHING };
      const wanted =
        version === undefined
          ? `the alias "${alias}" of model "${model}" means nothing`
          : `model "${model}" has no version "${version}"`;
      throw new StageFailure(`${wanted}. See what there is with: sluice models show ${model}`, {
        type: ERROR_TYPE.modelNotFound,
        retryable: false,
      });
    },
  };
}
