import { loadReader, type Reader, type Token } from '../libraries/wink.js';

/** What can be said about an English text without a language model. */
export type Extract = {
  /** The most important sentences in the order of the text. */
  readonly sentences: readonly string[];
  readonly summary: string;
  /** The most frequent nouns. */
  readonly keywords: readonly string[];
  readonly mood: 'negative' | 'neutral' | 'positive';
  /** From -1 to 1. */
  readonly sentiment: number;
  readonly words: number;
};

const KEYWORDS = 5;
/** Nearer to 0 a text has no mood. */
const NEUTRAL = 0.05;

export async function extract(text: string, most: number): Promise<Extract> {
  const reader = await loadReader();
  const plain = text.replaceAll(/\s+/g, ' ').trim();
  const sentences = importantSentences(plain, reader, most);
  const words = reader.tokens(plain, 'normal').filter(({ kind }) => kind === 'word');
  const sentiment = reader.sentiment(plain);
  return {
    sentences,
    summary: sentences.join(' '),
    keywords: frequentNouns(words),
    mood: Math.abs(sentiment) < NEUTRAL ? 'neutral' : sentiment < 0 ? 'negative' : 'positive',
    sentiment,
    words: words.length,
  };
}

function importantSentences(text: string, { sentences }: Reader, most: number): readonly string[] {
  return sentences(text)
    .map((sentence, index) => ({ ...sentence, index }))
    .toSorted((a, b) => b.importance - a.importance || a.index - b.index)
    .slice(0, most)
    .toSorted((a, b) => a.index - b.index)
    .map((sentence) => sentence.text);
}

function frequentNouns(words: readonly Token[]): readonly string[] {
  const times = new Map<string, number>();
  for (const { text, pos, isStopWord } of words) {
    if ((pos === 'NOUN' || pos === 'PROPN') && !isStopWord) times.set(text, (times.get(text) ?? 0) + 1);
  }
  return [...times]
    .toSorted(([a, timesA], [b, timesB]) => timesB - timesA || (a < b ? -1 : 1))
    .slice(0, KEYWORDS)
    .map(([word]) => word);
}
