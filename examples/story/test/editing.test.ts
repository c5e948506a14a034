import { describe, expect, it } from 'vitest';
import { reviewChapters } from '../lib/text/review-chapters.js';
import { NoteWriter } from '../lib/text/notes.js';
import type { Chapter, Review } from '../lib/shapes.js';
import { wordsIn } from '../lib/text/sentences.js';

const SOURCE = 'The house stood empty for a year. Nobody had asked for the key before.';
const RULES = { minWords: 5, minEase: 30, maxCopied: 0.3 };

describe('the review', () => {
  it('finds nothing wrong with a chapter of its own words', () => {
    expect(faultsOf(['I went up with the lamp and looked at the wall.'])).toEqual([[]]);
  });

  it('names chapters that are too short', () => {
    expect(faultsOf(['I went.'])).toEqual([['2 words are too few']]);
  });

  it('names chapters that are hard to read', () => {
    const [faults] = faultsOf([
      'Incontrovertible circumlocutions characterised institutional correspondence.',
    ]);
    expect(faults?.[0]).toMatch(/^a reading ease of -\d+ is too low$/);
  });

  it('lays what is said twice to the charge of the later chapter', () => {
    const said = 'I went up with the lamp and looked at the wall.';
    expect(faultsOf([said, `It was cold in the room then. ${said}`])).toEqual([
      [],
      ['1 sentence was said before'],
    ]);
  });

  it('names chapters that copy the source, beyond what is allowed', () => {
    const own = 'I went up with the lamp and looked at the wall.';
    const copied = 'The house stood empty for a year.';
    expect(faultsOf([`${own} ${copied}`])).toEqual([['1 sentence is copied']]);
    expect(reviews([`${own} ${copied}`], 0.5)[0]).toMatchObject({ copied: [copied], faults: [] });
  });
});

function faultsOf(texts: readonly string[]): readonly (readonly string[])[] {
  return reviews(texts, RULES.maxCopied).map(({ faults }) => faults);
}

function reviews(texts: readonly string[], maxCopied: number): readonly Review[] {
  const chapters = texts.map((text, index): Chapter => ({
    number: index + 1,
    step: 'sign',
    title: 'A chapter',
    goal: 'To be read.',
    paragraphs: [{ kind: 'noted', text }],
    words: wordsIn(text),
  }));
  return reviewChapters(chapters, { ...RULES, maxCopied, notes: new NoteWriter(SOURCE) });
}
