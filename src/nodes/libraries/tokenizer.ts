import { memoize } from '../../activities/memoize.js';
import { loadPackages } from './load-package.js';

/** Splits text into the tokens that models read and are paid for. */
export type Tokenizer = {
  readonly count: (text: string) => number;
  /** The pieces of the text; joined they are the text again. */
  readonly pieces: (text: string) => readonly string[];
};

/**
 * The encoding `o200k_base`. Other families of models split a little differently, so for them a count is an estimate.
 */
export const loadTokenizer = memoize(async (): Promise<Tokenizer> => {
  const { encode, countTokens, decodeGenerator } = await loadPackages(
    ['gpt-tokenizer'],
    () => import('gpt-tokenizer/encoding/o200k_base'),
  );
  // Names of special tokens in a text are text: whoever wrote it gave no orders.
  const asText = { disallowedSpecial: new Set<string>() };
  return {
    count: (text) => countTokens(text, asText),
    pieces: (text) => [...decodeGenerator(encode(text, asText))],
  };
});
