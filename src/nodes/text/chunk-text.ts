import { z } from 'zod';
import { defineStage } from '../../activities/define-stage.js';
import { loadTokenizer } from '../libraries/tokenizer.js';
import { cutIntoChunks } from './cut-into-chunks.js';
import { localeParam } from './locale-param.js';

/** One text to many chunks, each small enough for a model. Pure. */
export const chunkText = defineStage({
  name: 'chunk-text',
  description: 'Cuts a text between sentences into chunks of at most so many tokens that overlap',
  params: z
    .strictObject({
      text: z.string(),
      max_tokens: z.int().min(8).max(1_000_000).default(500),
      /** At most so many tokens at the end of a chunk stand again at the beginning of the next one. */
      overlap: z.int().min(0).default(0),
      locale: localeParam,
    })
    .refine(({ max_tokens, overlap }) => overlap <= max_tokens / 2, {
      error: 'expected at most half of `max_tokens`',
      path: ['overlap'],
    }),
  output: z.object({
    chunks: z.array(z.object({ index: z.int(), text: z.string(), tokens: z.int() })),
    count: z.int(),
    tokens: z.int(),
  }),
  run: async ({ params, ctx }) => {
    const { count: countTokens } = await loadTokenizer();
    const texts = cutIntoChunks(params.text, {
      maxTokens: params.max_tokens,
      overlap: params.overlap,
      locale: params.locale,
      countTokens,
    });
    const chunks = texts.map((text, index) => ({ index, text, tokens: countTokens(text) }));
    const tokens = countTokens(params.text);
    ctx.metrics.add('chunks', chunks.length);
    return { chunks, count: chunks.length, tokens };
  },
});
