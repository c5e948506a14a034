import { createRequire } from 'node:module';
import type * as markov from 'markov-strings';
import type { Random } from './grammar.js';
import { sentencesOf, wordsIn } from './sentences.js';

/** Loaders do not agree on what the default export of this CommonJS module is; `require` leaves no doubt. */
const { default: Markov } = createRequire(import.meta.url)('markov-strings') as typeof markov.default;

/** Sentences with half a pair of quotation marks or brackets would leave the other half behind. */
const PLAIN = /^[A-Z][^"“”()—;:-]*[.?!]$/;
const TRIES = 2000;

export type NoteRules = { readonly allow?: (sentence: string) => boolean; readonly random: Random };

/** Writes sentences in the manner of a text: a Markov chain of pairs of words, the same for the same random numbers. */
export class NoteWriter {
  readonly #chain = new Markov({ stateSize: 2 });
  readonly #source: ReadonlySet<string>;

  constructor(text: string) {
    const sentences = sentencesOf(text);
    this.#source = new Set(sentences);
    this.#chain.addData(sentences.filter((each) => PLAIN.test(each) && wordsIn(each) >= 4));
  }

  /** Whether the text itself holds the sentence. */
  isCopied(sentence: string): boolean {
    return this.#source.has(sentence);
  }

  /** Throws when there is no sentence left that is allowed. */
  sentence({ allow = () => true, random }: NoteRules): string {
    return this.#chain.generate({
      maxTries: TRIES,
      prng: random,
      filter: ({ string }) => wordsIn(string) >= 6 && wordsIn(string) <= 26 && allow(string),
    }).string;
  }
}
