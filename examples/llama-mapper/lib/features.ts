import type { Described } from './records.js';

/** What the models see of a message: its words, pairs of them, and what the detectors found. */
export type Features = Readonly<Record<string, number>>;

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

export function featuresOf({ text, findings }: Described): Features {
  const words = wordsOf(text);
  const pairs = words.slice(1).map((word, index) => `${words[index]} ${word}`);
  const labels = findings.map(({ detector, label }) => `${detector}: ${label}`);
  return Object.fromEntries([...words, ...pairs, ...labels].map((name) => [name, 1]));
}

/** Words in lower case. Numbers are told by their length: which one it is teaches nothing. */
function wordsOf(text: string): readonly string[] {
  return [...segmenter.segment(text.toLowerCase())]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) =>
      /^[\d.,]+$/.test(segment) ? `number of ${segment.length}` : segment.replace(/\d+/g, '0'),
    );
}
