import { z } from 'zod';
import { defineStage } from '../../activities/define-stage.js';
import { carried, carriedData } from '../carried-data.js';
import { classifierParam, loadClassifier } from './classifier-file.js';

/** Says what a text is, by a classifier that `train-classifier` trained. Pure. */
export const classifyText = defineStage({
  name: 'classify-text',
  description: 'Gives a text the likeliest label of a trained classifier',
  params: z.strictObject({
    /** A text, or the tokens of one. */
    input: z.union([z.string(), z.array(z.string())]),
    classifier: classifierParam,
    ...carriedData,
  }),
  output: z.object({
    /** `unknown` when the classifier knows no word of the text. */
    label: z.string(),
    /** How much likelier the label is than not, as a logarithm to the base of 2. */
    odds: z.number(),
    scores: z.record(z.string(), z.number()),
    ...carriedData,
  }),
  run: async ({ params, ctx }) => {
    const classifier = await loadClassifier(params.classifier, ctx);
    const scores = await classifier.odds(params.input);
    const [label, odds] = scores[0] ?? ['unknown', 0];
    ctx.metrics.add('texts_classified', 1);
    return { label, odds, scores: Object.fromEntries(scores), ...carried(params) };
  },
});
