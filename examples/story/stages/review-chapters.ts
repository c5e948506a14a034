import { defineStage, z } from 'sluice';
import { reviewChapters } from '../lib/text/review-chapters.js';
import { noteWriterOf } from '../lib/text/source.js';
import { chapter, review } from '../lib/shapes.js';

export const reviewChaptersStage = defineStage({
  name: 'review-chapters',
  description: 'Finds chapters that are too short or too hard, repeat each other or copy the source',
  params: z.strictObject({
    chapters: z.array(chapter),
    source: z.string(),
    min_words: z.int(),
    min_ease: z.number(),
    max_copied: z.number().min(0).max(1),
  }),
  output: z.object({ reviews: z.array(review), weak: z.array(z.int()) }),
  run: async ({ params, ctx }) => {
    const notes = await noteWriterOf(params.source);
    const reviews = reviewChapters(params.chapters, {
      notes,
      minWords: params.min_words,
      minEase: params.min_ease,
      maxCopied: params.max_copied,
    });
    const weak = reviews.filter(({ faults }) => faults.length > 0);
    for (const { faults, number } of weak) ctx.log.info(`chapter ${number}: ${faults.join(', ')}`);
    ctx.metrics.add('weak_chapters', weak.length);
    return { reviews: [...reviews], weak: weak.map(({ number }) => number) };
  },
});
