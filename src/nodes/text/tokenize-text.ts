import { z } from 'zod';
import { defineStage } from '../../activities/define-stage.js';
import { carried, carriedData } from '../carried-data.js';
import { loadTokenizer } from '../libraries/tokenizer.js';
import { wordsOf, wordRules } from './words.js';

/** A text to its tokens: words for counting and classifying, or the pieces that models are paid for. Pure. */
export const tokenizeText = defineStage({
  name: 'tokenize-text',
  description: 'Splits a text into words, or into the tokens of language models',
  params: z.strictObject({
    text: z.string(),
    by: z.enum(['words', 'model']).default('words'),
    ...wordRules.shape,
    ...carriedData,
  }),
  output: z.object({ tokens: z.array(z.string()), count: z.int(), ...carriedData }),
  run: async ({ params }) => {
    if (params.by === 'words') {
      const tokens = await wordsOf(params.text, params);
      return { tokens: [...tokens], count: tokens.length, ...carried(params) };
    }
    const { pieces, count } = await loadTokenizer();
    return { tokens: [...pieces(params.text)], count: count(params.text), ...carried(params) };
  },
});
