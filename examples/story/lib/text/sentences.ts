const segments = {
  sentence: new Intl.Segmenter('en', { granularity: 'sentence' }),
  word: new Intl.Segmenter('en', { granularity: 'word' }),
};

export function sentencesOf(text: string): readonly string[] {
  return [...segments.sentence.segment(text.replaceAll(/\s+/g, ' '))]
    .map(({ segment }) => segment.trim())
    .filter((sentence) => sentence !== '');
}

export function wordList(text: string): readonly string[] {
  return [...segments.word.segment(text)]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment);
}

export function wordsIn(text: string): number {
  return wordList(text).length;
}
