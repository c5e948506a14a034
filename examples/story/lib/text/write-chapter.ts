import { createHash } from 'node:crypto';
import type { Chapter, ChapterPlan, Idea } from '../shapes.js';
import type { Grammar, Random } from './grammar.js';
import { expand } from './grammar.js';
import type { NoteWriter } from './notes.js';
import { wordsIn } from './sentences.js';

export type ChapterTask = {
  readonly idea: Idea;
  readonly plan: ChapterPlan;
  readonly grammar: Grammar;
  readonly notes: NoteWriter;
  readonly random: Random;
  /** How many sentences of her notebook it gets. */
  readonly length: number;
  readonly allow?: (sentence: string) => boolean;
};

const SENTENCES_IN_NOTE = 4;

/** A chapter: told at the beginning and at the end, with notes in the manner of the source between. */
export function writeChapter(task: ChapterTask): Chapter {
  const { grammar, idea, plan, random } = task;
  const step = grammar.steps.find((each) => each.step === plan.step);
  if (step === undefined) throw new Error(`The grammar has no step "${plan.step}".`);
  const told = (rules: readonly string[]): Chapter['paragraphs'][number] => ({
    kind: 'told',
    text: expand(rules, idea.symbols, random),
  });
  const paragraphs = [told(step.open), ...notesOf(task), told(step.close)];
  return { ...plan, paragraphs, words: paragraphs.reduce((sum, { text }) => sum + wordsIn(text), 0) };
}

function notesOf({ allow, length, notes, random }: ChapterTask): Chapter['paragraphs'] {
  const sentences: string[] = [];
  const fresh = (sentence: string): boolean => !sentences.includes(sentence) && (allow?.(sentence) ?? true);
  while (sentences.length < length) sentences.push(notes.sentence({ random, allow: fresh }));
  return Array.from({ length: Math.ceil(length / SENTENCES_IN_NOTE) }, (_, index) => ({
    kind: 'noted' as const,
    text: sentences.slice(index * SENTENCES_IN_NOTE, (index + 1) * SENTENCES_IN_NOTE).join(' '),
  }));
}

/**
 * Shares all sentences that there could be out among the chapters, so that two that are written at the same time, and
 * know nothing of each other, never use the same one.
 */
export function belongsTo(sentence: string, chapter: number, chapters: number): boolean {
  return createHash('sha256').update(sentence).digest().readUInt32LE() % chapters === chapter % chapters;
}
