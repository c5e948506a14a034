/* oxlint-disable typescript/unbound-method -- the library takes its helpers by reference; none of them uses `this` */
import type { ItemToken, TokenItsFunction } from 'wink-nlp';
import { memoize } from '../../activities/memoize.js';
import { loadPackages } from './load-package.js';

export type Token = {
  /** `word`, `number`, `url`, `emoji`, `punctuation` and so on. */
  readonly kind: string;
  /** In the form that was asked for. */
  readonly text: string;
  /** The part of speech in capitals, such as `NOUN`. */
  readonly pos: string;
  /** True for words such as "the" and "of". */
  readonly isStopWord: boolean;
};

/** `normal` is lower case, `stem` cuts endings off, `lemma` is the form in a dictionary. */
export const WORD_FORMS = ['normal', 'stem', 'lemma'] as const;

export type WordForm = (typeof WORD_FORMS)[number];

/** Reads English texts. */
export type Reader = {
  readonly tokens: (text: string, form: WordForm) => readonly Token[];
  /** Each with how much it says of the whole, from 0 to 1. */
  readonly sentences: (text: string) => ReadonlyArray<{ readonly text: string; readonly importance: number }>;
  /** From -1, which is bad, to 1. */
  readonly sentiment: (text: string) => number;
};

/** The data of the language travels in the package. */
export const loadReader = memoize(async (): Promise<Reader> => {
  const [{ default: winkNLP }, { default: model }] = await loadPackages(
    ['wink-nlp', 'wink-eng-lite-web-model'],
    () => Promise.all([import('wink-nlp'), import('wink-eng-lite-web-model')]),
  );
  const { readDoc, its } = winkNLP(model);
  return {
    tokens: (text, form) => {
      // Its types leave the addons of a model out of what a token may be asked with.
      const inForm = its[form] as TokenItsFunction<string>;
      const tokens: Token[] = [];
      readDoc(text)
        .tokens()
        .each((token: ItemToken) => {
          const isStopWord = token.out(its.stopWordFlag) === true;
          tokens.push({
            kind: token.out(its.type),
            text: token.out(inForm),
            pos: token.out(its.pos),
            isStopWord,
          });
        });
      return tokens;
    },
    sentences: (text) => {
      const doc = readDoc(text);
      const importance = byIndex(doc.out(its.sentenceWiseImportance));
      return doc
        .sentences()
        .out()
        .map((sentence, index) => ({ text: sentence, importance: importance.get(index) ?? 0 }));
    },
    sentiment: (text) => Number(readDoc(text).out(its.sentiment)),
  };
});

type Ranked = ReadonlyArray<{ readonly index: number; readonly importance: number }>;

function byIndex(ranked: string | Ranked): ReadonlyMap<number, number> {
  return new Map(
    typeof ranked === 'string' ? [] : ranked.map(({ index, importance }) => [index, importance]),
  );
}
