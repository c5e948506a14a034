import {
  englishDataset,
  englishRecommendedTransformers,
  parseRawPattern,
  type RegExpMatcherOptions,
  RegExpMatcher,
} from 'obscenity';
import { defineStage, z } from 'sluice';

/** Whether a text may be shown: no obscene words, whatever their spelling, and none that the house does not want. */
export const moderateText = defineStage({
  name: 'moderate-text',
  description: 'Finds words that are not to be shown',
  params: z.strictObject({
    text: z.string(),
    /** Words that may not be in it either. */
    blocked: z.array(z.string().regex(/^[A-Za-z ]+$/, 'expected letters')).default([]),
    data: z.json().optional(),
  }),
  output: z.object({
    text: z.string(),
    allowed: z.boolean(),
    reasons: z.array(z.string()),
    data: z.json().optional(),
  }),
  run: ({ params, ctx }) => {
    const { text, blocked, data } = params;
    const reasons = [...obsceneWords(text), ...blockedWords(text, blocked)];
    ctx.metrics.add('texts_moderated', 1);
    return { text, allowed: reasons.length === 0, reasons, ...(data === undefined ? {} : { data }) };
  },
});

const english: RegExpMatcherOptions = { ...englishDataset.build(), ...englishRecommendedTransformers };
const matcher = new RegExpMatcher(english);

function obsceneWords(text: string): readonly string[] {
  const found = matcher
    .getAllMatches(text)
    .map((match) => englishDataset.getPayloadWithPhraseMetadata(match));
  return unique(found.map(({ phraseMetadata }) => phraseMetadata?.originalWord ?? 'obscene'));
}

function blockedWords(text: string, blocked: readonly string[]): readonly string[] {
  const blacklistedTerms = blocked.map((word, id) => ({ id, pattern: parseRawPattern(`|${word}|`) }));
  const found = new RegExpMatcher({ blacklistedTerms }).getAllMatches(text.toLowerCase());
  return unique(found.map(({ termId }) => blocked[termId] ?? ''));
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)];
}
