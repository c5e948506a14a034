import { z } from 'zod';
import { defineStage } from '../../activities/define-stage.js';
import { carried, carriedData } from '../carried-data.js';
import { answerSchema, schemaParam } from './answer-schema.js';
import { askingOf, askParams, settingsOf } from './ask-params.js';
import { conform, instruction } from './conform.js';
import type { LlmSetup } from './llm-options.js';

/** Makes a value of what a model wrote. Asks a model only where the text does not fit. */
export function postProcess(setup: LlmSetup) {
  return defineStage({
    name: 'post-process',
    version: setup.version,
    description:
      'Reads a value that fits a schema out of a text, and asks a model to repair it where it does not fit',
    params: z.strictObject({
      text: z.string(),
      schema: schemaParam,
      /** 0 never asks anybody. */
      max_repairs: z.int().min(0).max(10).default(0),
      ...askParams,
      ...carriedData,
    }),
    output: z.object({ value: z.json(), repairs: z.int(), ...carriedData }),
    run: async ({ params, ctx }) => {
      const schema = answerSchema(setup, params.schema);
      const asking = params.max_repairs === 0 ? null : askingOf(setup, params, ctx);
      const question = {
        ...settingsOf(params),
        messages: [{ role: 'user' as const, content: instruction(schema) }],
        schema: schema.json,
      };
      const conversation = { question, answer: params.text, schema, maxRepairs: params.max_repairs };
      const { value, repairs } = await conform(conversation, asking);
      return { value: value as z.infer<ReturnType<typeof z.json>>, repairs, ...carried(params) };
    },
  });
}
