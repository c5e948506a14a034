import { z } from 'zod';
import { defineStage } from '../../activities/define-stage.js';
import { askingOf } from './ask-params.js';
import { budgetParams } from './budget.js';
import { embed } from './embed.js';
import type { LlmSetup } from './llm-options.js';
import { loadSimilarity } from './similarity.js';

/** Brings texts into the order of their likeness to a query. Asked twice it may cost twice: `cache` keeps the first. */
export function rerankTexts(setup: LlmSetup) {
  return defineStage({
    name: 'rerank-texts',
    version: setup.version,
    description: 'Orders texts by how similar they are to a query',
    params: z.strictObject({
      query: z.string().min(1),
      texts: z.array(z.string()),
      model: z.string().nullish(),
      /** Only so many of the most similar. */
      top: z.int().min(1).nullish(),
      min_score: z.number().min(-1).max(1).nullish(),
      ...budgetParams,
    }),
    output: z.object({
      ranked: z.array(z.object({ index: z.int(), text: z.string(), score: z.number() })),
      model: z.string(),
    }),
    run: async ({ params, ctx }) => {
      const asking = askingOf(setup, params, ctx);
      const { query, texts } = params;
      if (texts.length === 0) return { ranked: [], model: asking.model.embeddingId };
      const similarity = await loadSimilarity();
      const [asked = [], ...vectors] = await embed({ texts: [query, ...texts], corpus: texts }, asking);
      const ranked = texts
        .map((text, index) => ({ index, text, score: similarity(asked, vectors[index] ?? []) }))
        .filter(({ score }) => score >= (params.min_score ?? -1))
        .toSorted((a, b) => b.score - a.score || a.index - b.index);
      return { ranked: ranked.slice(0, params.top ?? texts.length), model: asking.model.embeddingId };
    },
  });
}
