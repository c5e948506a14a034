import { loadPackages } from '../libraries/load-package.js';
import { wordsOf } from '../text/words.js';
import type { Vector } from './model.js';

const WORDS = { form: 'stem', stop_words: 'drop', others: 'kind' } as const;

/**
 * A weight for each word of a text: high for words that are frequent in it and rare in the corpus (BM25), so that texts
 * with the same telling words have similar vectors.
 */
export async function embedByWords(
  texts: readonly string[],
  corpus: readonly string[],
): Promise<readonly Vector[]> {
  const { default: createVectorizer } = await loadPackages(
    ['wink-nlp'],
    () => import('wink-nlp/utilities/bm25-vectorizer.js'),
  );
  const vectorizer = createVectorizer({ k: 1, k1: 1.2, b: 0.75, norm: 'l2' });
  for (const words of await allWords(corpus)) vectorizer.learn([...words]);
  return (await allWords(texts)).map((words) => ({ ...vectorizer.bowOf([...words]) }));
}

function allWords(texts: readonly string[]): Promise<ReadonlyArray<readonly string[]>> {
  return Promise.all(texts.map((text) => wordsOf(text, WORDS)));
}
