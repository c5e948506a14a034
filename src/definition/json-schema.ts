import { z } from 'zod';
import { definitionSchema } from './schema/definition-schema.js';
import { KIND_KEYS } from './schema/stage-schema.js';

/** The JSON Schema of definition files, made from the same schema that loading uses. Editors read it. */
export function definitionJsonSchema(): object {
  const schema = z.toJSONSchema(definitionSchema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      const { properties } = jsonSchema;
      if (properties === undefined || !('depends_on' in properties)) return;
      jsonSchema.oneOf = KIND_KEYS.map((key) => ({ required: [key] }));
    },
  });
  return { ...schema, title: 'Sluice pipeline', description: 'A pipeline definition for Sluice.' };
}
