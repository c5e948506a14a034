import { z } from 'zod';
import { defineStage } from '../../activities/define-stage.js';
import { carried, carriedData } from '../carried-data.js';
import { askModel } from './ask-model.js';
import { askingOf, askParams, settingsOf } from './ask-params.js';
import type { LlmSetup } from './llm-options.js';

/** Asks a model for a text. Asked twice it may answer, and cost, twice: `cache` keeps the first answer. */
export function generateText(setup: LlmSetup) {
  return defineStage({
    name: 'generate-text',
    version: setup.version,
    description: 'Asks a model for a text',
    params: z.strictObject({ prompt: z.string().min(1), ...askParams, ...carriedData }),
    output: z.object({
      text: z.string(),
      /** `stop` for a complete answer; `length` when `max_tokens` cut it off. */
      finish_reason: z.string(),
      model: z.string(),
      tokens_in: z.number(),
      tokens_out: z.number(),
      cost: z.number(),
      ...carriedData,
    }),
    run: async ({ params, ctx }) => {
      const asking = askingOf(setup, params, ctx);
      const question = {
        ...settingsOf(params),
        messages: [{ role: 'user' as const, content: params.prompt }],
      };
      const { text, finishReason, tokens, cost } = await askModel(question, asking);
      return {
        text,
        finish_reason: finishReason,
        model: asking.model.id,
        tokens_in: tokens.input,
        tokens_out: tokens.output,
        cost,
        ...carried(params),
      };
    },
  });
}
