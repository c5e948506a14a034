import { z } from 'zod';
import { defineStage } from '../../activities/define-stage.js';
import { carried, carriedData } from '../carried-data.js';
import { answerSchema, schemaParam } from './answer-schema.js';
import { askModel } from './ask-model.js';
import { askingOf, askParams, settingsOf } from './ask-params.js';
import { conform, instruction } from './conform.js';
import type { LlmSetup } from './llm-options.js';

/** Asks a model for a value of a given shape. Asked twice it may answer, and cost, twice: `cache` keeps the first. */
export function generateObject(setup: LlmSetup) {
  return defineStage({
    name: 'generate-object',
    version: setup.version,
    description: 'Asks a model for a value that fits a schema, and again while it does not fit',
    params: z.strictObject({
      prompt: z.string().min(1),
      schema: schemaParam,
      max_repairs: z.int().min(0).max(10).default(2),
      ...askParams,
      ...carriedData,
    }),
    output: z.object({ value: z.json(), repairs: z.int(), model: z.string(), ...carriedData }),
    run: async ({ params, ctx }) => {
      const asking = askingOf(setup, params, ctx);
      const schema = answerSchema(setup, params.schema);
      const { system, ...settings } = settingsOf(params);
      const question = {
        ...settings,
        system: system === undefined ? instruction(schema) : `${system}\n\n${instruction(schema)}`,
        messages: [{ role: 'user' as const, content: params.prompt }],
        schema: schema.json,
      };
      const { text: answer } = await askModel(question, asking);
      const conversation = { question, answer, schema, maxRepairs: params.max_repairs };
      const { value, repairs } = await conform(conversation, asking);
      return {
        value: value as z.infer<ReturnType<typeof z.json>>,
        repairs,
        model: asking.model.id,
        ...carried(params),
      };
    },
  });
}
