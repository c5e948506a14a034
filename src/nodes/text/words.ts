import { z } from 'zod';
import { loadReader, WORD_FORMS } from '../libraries/wink.js';

/** How a text becomes words. */
export const wordRules = z.object({
  form: z.enum(WORD_FORMS).default('normal'),
  /** Whether words such as "the" and "of" stay. */
  stop_words: z.enum(['keep', 'drop']).default('keep'),
  /** What is no word (numbers, addresses, amounts, emoji) goes, or its kind stands for it, such as `<number>`. */
  others: z.enum(['drop', 'kind']).default('drop'),
});

export type WordRules = z.output<typeof wordRules>;

/** Kinds that say nothing about a text, even by their number. */
const SILENT = new Set(['punctuation', 'symbol', 'tabCRLF']);

/** The words of an English text in their order. */
export async function wordsOf(text: string, rules: WordRules): Promise<readonly string[]> {
  const { tokens } = await loadReader();
  return tokens(text, rules.form).flatMap(({ kind, text: word, isStopWord }) => {
    if (kind === 'word') return rules.stop_words === 'drop' && isStopWord ? [] : word;
    return rules.others === 'drop' || SILENT.has(kind) ? [] : `<${kind}>`;
  });
}
