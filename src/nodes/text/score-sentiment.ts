import { z } from 'zod';
import { defineStage } from '../../activities/define-stage.js';
import { carried, carriedData } from '../carried-data.js';
import { loadReader } from '../libraries/wink.js';

/** How an English text feels, by the words in it. Pure. */
export const scoreSentiment = defineStage({
  name: 'score-sentiment',
  description: 'Scores an English text from -1 (bad) to 1 (good)',
  params: z.strictObject({
    text: z.string(),
    /** Scores nearer to 0 than this are `neutral`. */
    neutral_below: z.number().min(0).max(1).default(0.05),
    ...carriedData,
  }),
  output: z.object({
    score: z.number(),
    label: z.enum(['negative', 'neutral', 'positive']),
    ...carriedData,
  }),
  run: async ({ params }) => {
    const { sentiment } = await loadReader();
    const score = sentiment(params.text);
    return { score, label: labelOf(score, params.neutral_below), ...carried(params) };
  },
});

function labelOf(score: number, neutralBelow: number): 'negative' | 'neutral' | 'positive' {
  if (Math.abs(score) < neutralBelow) return 'neutral';
  return score < 0 ? 'negative' : 'positive';
}
