import { flesch } from 'flesch';
import { syllable } from 'syllable';
import type { Chapter, Review } from '../shapes.js';
import type { NoteWriter } from './notes.js';
import { sentencesOf, wordList } from './sentences.js';

export type ReviewRules = {
  readonly notes: NoteWriter;
  readonly minWords: number;
  readonly minEase: number;
  /** Share of the sentences of a chapter that may stand in the source as they are. */
  readonly maxCopied: number;
};

/** Reads all chapters as an editor would: too short, too hard, said before, or copied out of the source. */
export function reviewChapters(chapters: readonly Chapter[], rules: ReviewRules): readonly Review[] {
  const seen = new Set<string>();
  return chapters.map((chapter) => {
    const sentences = chapter.paragraphs
      .filter(({ kind }) => kind === 'noted')
      .flatMap(({ text }) => sentencesOf(text));
    const repeated = sentences.filter((sentence) => seen.has(sentence));
    for (const sentence of sentences) seen.add(sentence);
    const copied = sentences.filter((sentence) => rules.notes.isCopied(sentence));
    const ease = easeOf(chapter);
    const faults = [
      ...(chapter.words < rules.minWords ? [`${chapter.words} words are too few`] : []),
      ...(ease < rules.minEase ? [`a reading ease of ${ease.toFixed(0)} is too low`] : []),
      ...(repeated.length > 0 ? [`${counted(repeated.length, 'was', 'were')} said before`] : []),
      ...(copied.length > rules.maxCopied * sentences.length
        ? [`${counted(copied.length, 'is', 'are')} copied`]
        : []),
    ];
    return { number: chapter.number, words: chapter.words, ease, repeated, copied, faults };
  });
}

function counted(count: number, one: string, many: string): string {
  return count === 1 ? `1 sentence ${one}` : `${count} sentences ${many}`;
}

function easeOf({ paragraphs }: Chapter): number {
  const text = paragraphs.map((paragraph) => paragraph.text).join(' ');
  const words = wordList(text);
  return flesch({
    sentence: sentencesOf(text).length,
    word: words.length,
    syllable: words.reduce((sum, word) => sum + syllable(word), 0),
  });
}
