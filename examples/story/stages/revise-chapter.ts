import { defineStage, z } from 'sluice';
import { readGrammar } from '../lib/text/grammar.js';
import { randomFor } from '../lib/text/random.js';
import { sentencesOf } from '../lib/text/sentences.js';
import { noteWriterOf } from '../lib/text/source.js';
import { belongsTo, writeChapter } from '../lib/text/write-chapter.js';
import { chapter, idea } from '../lib/shapes.js';

/** Half as long again each time, so that a chapter that was too short gets there. */
const LONGER = 1.5;

export const reviseChapter = defineStage({
  name: 'revise-chapter',
  description: 'Writes a chapter anew, with sentences that stand nowhere else',
  params: z.strictObject({
    idea,
    number: z.int(),
    chapters: z.array(chapter),
    source: z.string(),
    length: z.int().min(1).max(200),
    min_words: z.int(),
    seed: z.int(),
  }),
  output: chapter,
  run: async ({ params, ctx }) => {
    const { chapters, number } = params;
    const draft = chapters.find((each) => each.number === number);
    if (draft === undefined) throw new Error(`There is no chapter ${number} to revise.`);
    const notes = await noteWriterOf(params.source);
    const used = new Set(
      chapters.flatMap(({ paragraphs }) => paragraphs.flatMap(({ text }) => sentencesOf(text))),
    );
    const allow = (sentence: string): boolean =>
      !notes.isCopied(sentence) && !used.has(sentence) && belongsTo(sentence, number, chapters.length);
    const grammar = await readGrammar();
    for (let { length } = params; ; length = Math.ceil(length * LONGER)) {
      ctx.signal.throwIfAborted();
      const random = randomFor(params.seed, 'revision', number, length);
      const revised = writeChapter({ idea: params.idea, plan: draft, grammar, notes, random, length, allow });
      if (revised.words < params.min_words) continue;
      ctx.metrics.add('words_revised', revised.words);
      return revised;
    }
  },
});
