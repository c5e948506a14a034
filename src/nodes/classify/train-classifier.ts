import { z } from 'zod';
import { defineStage } from '../../activities/define-stage.js';
import { StageFailure } from '../../activities/stage-failure.js';
import { ERROR_TYPE } from '../../shared/names.js';
import { itemExpression } from '../items/item-expression.js';
import { itemsParam } from '../items/item-source.js';
import { loadNaiveBayes } from '../libraries/naive-bayes.js';
import { wordRules } from '../text/words.js';
import { asClassifier, writeClassifier } from './classifier-file.js';
import { divideExamples, type Example } from './divide-examples.js';
import { measureQuality, qualityOutput } from './measure-quality.js';

/**
 * Learns labels from examples, and measures itself on those that it did not see. The same examples, in the same order,
 * give the same bytes, so that trying again changes nothing.
 */
export const trainClassifier = defineStage({
  name: 'train-classifier',
  description: 'Trains a naive Bayes classifier and measures it on held-out examples',
  params: z.strictObject({
    examples: itemsParam,
    /** Gives the label of an example. */
    label: itemExpression.default('item.label'),
    /** Gives the text of an example, or its tokens. */
    input: itemExpression.default('item.text'),
    words: wordRules.prefault({}),
    /** The share of examples that are kept from training; equal texts stay on the same side. */
    held_out: z.number().min(0).max(0.9).default(0.2),
    /** Another seed holds other examples out. */
    seed: z.union([z.string(), z.number()]).default(1),
    smoothing: z.number().gt(0).max(1).default(0.5),
  }),
  output: z.object({
    classifier: z.object({ name: z.string(), sha256: z.string(), size_bytes: z.int() }),
    /** How many examples of each label were learned. */
    labels: z.record(z.string(), z.int()),
    trained_on: z.int(),
    /** Null when nothing was held out. */
    quality: qualityOutput.nullable(),
  }),
  run: async ({ params, ctx }) => {
    const { trained, held } = await divideExamples(params, ctx);
    const labels = labelsOf(trained);
    const bayes = (await loadNaiveBayes())();
    bayes.defineConfig({ considerOnlyPresence: true, smoothingFactor: params.smoothing });
    for (const { tokens, label } of trained) bayes.learn(tokens, label);
    bayes.consolidate();
    const quality = held.length === 0 ? null : await measureQuality(held, asClassifier(bayes, params.words));
    const classifier = await ctx.artifacts.write('classifier.json', writeClassifier(bayes, params.words));
    ctx.metrics.add('examples', trained.length + held.length);
    if (quality !== null)
      ctx.log.info(`right on ${(quality.accuracy * 100).toFixed(1)}% of ${held.length} held-out examples`);
    return { classifier, labels, trained_on: trained.length, quality };
  },
});

function labelsOf(examples: readonly Example[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { label } of examples) counts.set(label, (counts.get(label) ?? 0) + 1);
  const names = [...counts.keys()];
  if (names.length >= 2) return Object.fromEntries(counts);
  throw new StageFailure(
    `A classifier learns from examples of two labels or more; there are ${names.join(', ') || 'none'} among ${examples.length} examples.`,
    { type: ERROR_TYPE.validation, retryable: false },
  );
}
