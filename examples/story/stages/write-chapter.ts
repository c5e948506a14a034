import { defineStage, z } from 'sluice';
import { readGrammar } from '../lib/text/grammar.js';
import { randomFor } from '../lib/text/random.js';
import { noteWriterOf } from '../lib/text/source.js';
import { writeChapter } from '../lib/text/write-chapter.js';
import { chapter, chapterPlan, idea } from '../lib/shapes.js';

export const writeChapterStage = defineStage({
  name: 'write-chapter',
  description: 'Writes the first draft of a chapter',
  params: z.strictObject({
    idea,
    plan: chapterPlan,
    source: z.string(),
    length: z.int().min(1).max(200),
    seed: z.int(),
  }),
  output: chapter,
  run: async ({ params, ctx }) => {
    const draft = writeChapter({
      ...params,
      grammar: await readGrammar(),
      notes: await noteWriterOf(params.source),
      random: randomFor(params.seed, 'chapter', params.plan.number),
    });
    ctx.metrics.add('words_drafted', draft.words);
    ctx.log.info(`${draft.title}: ${draft.words} words`);
    return draft;
  },
});
