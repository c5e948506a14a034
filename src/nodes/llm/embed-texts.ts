import { z } from 'zod';
import { defineStage } from '../../activities/define-stage.js';
import { askingOf } from './ask-params.js';
import { budgetParams } from './budget.js';
import { embed } from './embed.js';
import type { LlmSetup } from './llm-options.js';

const vector = z.union([z.array(z.number()), z.record(z.string(), z.number())]);

/** Texts as vectors. Asked twice it may cost twice: `cache` keeps the first answer. */
export function embedTexts(setup: LlmSetup) {
  return defineStage({
    name: 'embed-texts',
    version: setup.version,
    description: 'Turns texts into vectors that can be compared',
    params: z.strictObject({
      texts: z.array(z.string()).min(1),
      model: z.string().nullish(),
      /** What a model that counts words learns their weights from. Others do not look at it. @default the texts */
      corpus: z.array(z.string()).nullish(),
      ...budgetParams,
    }),
    output: z.object({
      /** A list of numbers for each text, or from the local model the weights of its words. */
      vectors: z.array(vector),
      model: z.string(),
    }),
    run: async ({ params, ctx }) => {
      const asking = askingOf(setup, params, ctx);
      const { texts, corpus } = params;
      const vectors = await embed({ texts, corpus: corpus ?? texts }, asking);
      return { vectors: vectors as z.input<typeof vector>[], model: asking.model.embeddingId };
    },
  });
}
