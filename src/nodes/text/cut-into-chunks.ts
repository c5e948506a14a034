import { segmentsOf } from './segments.js';

export type ChunkRules = {
  readonly maxTokens: number;
  readonly overlap: number;
  readonly locale: string;
  readonly countTokens: (text: string) => number;
};

/**
 * Fills chunks with whole sentences. A sentence that is too long for one is cut between words, a word between letters, and
 * a letter between its accents.
 * Without overlap the chunks joined are the text again; no chunk has more than `maxTokens`.
 */
export function cutIntoChunks(text: string, rules: ChunkRules): readonly string[] {
  const fits = (part: string): boolean => rules.countTokens(part) <= rules.maxTokens;
  const chunks: string[] = [];
  let open: readonly string[] = [];
  let fresh = false;
  for (const unit of unitsOf(text, rules, fits)) {
    if (!fits([...open, unit].join(''))) {
      if (fresh) chunks.push(open.join(''));
      open = repeated(open, unit, rules, fits);
    }
    open = [...open, unit];
    fresh = true;
  }
  if (fresh) chunks.push(open.join(''));
  return chunks.filter((chunk) => chunk.trim() !== '');
}

/** The largest parts of the text that fit a chunk by themselves. */
function* unitsOf(text: string, { locale }: ChunkRules, fits: (part: string) => boolean): Generator<string> {
  for (const sentence of segmentsOf(text, 'sentence', locale)) {
    if (fits(sentence)) yield sentence;
    else
      for (const word of segmentsOf(sentence, 'word', locale)) {
        if (fits(word)) yield word;
        else
          for (const letter of segmentsOf(word, 'grapheme', locale))
            yield* fits(letter) ? [letter] : [...letter];
      }
  }
}

/** The last units of a chunk, as many as the overlap takes and the unit that comes next leaves room for. */
function repeated(
  open: readonly string[],
  next: string,
  { overlap, countTokens }: ChunkRules,
  fits: (part: string) => boolean,
): readonly string[] {
  let from = open.length;
  while (from > 0) {
    const longer = open.slice(from - 1).join('');
    if (countTokens(longer) > overlap || !fits(`${longer}${next}`)) break;
    from -= 1;
  }
  return open.slice(from);
}
