import type { NaiveBayes } from 'wink-naive-bayes-text-classifier';
import { z } from 'zod';
import { memoize } from '../../activities/memoize.js';
import { StageFailure } from '../../activities/stage-failure.js';
import type { StageContext } from '../../activities/stage-function.js';
import { loadNaiveBayes } from '../libraries/naive-bayes.js';
import { NODE_ERROR } from '../node-errors.js';
import { type WordRules, wordRules, wordsOf } from '../text/words.js';

/** What a trained classifier is kept as. */
const classifierFile = z.object({
  kind: z.literal('naive_bayes'),
  words: wordRules,
  learned: z.string(),
});

/** The reference that `train-classifier` gives. */
export const classifierParam = z.object({ sha256: z.string(), name: z.string().optional() });

/** A text, or its tokens. */
export type ClassifierInput = string | readonly string[];

export type Classifier = {
  /** Labels with their log-odds, the likeliest first. */
  readonly odds: (input: ClassifierInput) => Promise<ReadonlyArray<readonly [label: string, odds: number]>>;
};

/** A classifier as the file that {@link loadClassifier} reads. */
export function writeClassifier(learned: NaiveBayes, words: WordRules): string {
  return JSON.stringify({ kind: 'naive_bayes', words, learned: learned.exportJSON() });
}

/** Reads each classifier once in a worker, however many texts it is asked about. */
export const loadClassifier = memoize(
  async ({ sha256 }: z.output<typeof classifierParam>, ctx: StageContext): Promise<Classifier> => {
    const bytes = await ctx.artifacts.read({ sha256 });
    const file = classifierFile.safeParse(parse(Buffer.from(bytes).toString('utf8')));
    if (!file.success) {
      throw new StageFailure(`The artifact ${sha256} is no classifier that \`train-classifier\` wrote.`, {
        type: NODE_ERROR.unknownName,
        retryable: false,
      });
    }
    const bayes = (await loadNaiveBayes())();
    bayes.importJSON(file.data.learned);
    bayes.consolidate();
    return asClassifier(bayes, file.data.words);
  },
  { max: 8, key: ({ sha256 }) => sha256 },
);

/** A classifier that has learned, with the rules by which texts become words for it. */
export function asClassifier(bayes: NaiveBayes, words: WordRules): Classifier {
  return { odds: async (input) => bayes.computeOdds(await tokensOf(input, words)) };
}

export async function tokensOf(input: ClassifierInput, words: WordRules): Promise<readonly string[]> {
  return typeof input === 'string' ? wordsOf(input, words) : input;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
