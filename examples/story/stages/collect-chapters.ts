import { defineStage, z } from 'sluice';
import { wordsIn } from '../lib/text/sentences.js';
import { chapter, chapterPlan } from '../lib/shapes.js';

/** Whoever wrote them: chapters of the local generator, of a model, of a revision. */
export const collectChapters = defineStage({
  name: 'collect-chapters',
  description: 'Puts chapters in the order of the outline, new texts in the place of old ones',
  params: z.strictObject({
    outline: z.array(chapterPlan).min(1),
    chapters: z.array(chapter),
    numbers: z.array(z.int()),
    texts: z.array(z.looseObject({ paragraphs: chapter.shape.paragraphs })),
  }),
  output: z.object({ chapters: z.array(chapter) }),
  run: async ({ params }) => {
    const { numbers, outline, texts } = params;
    const chapters = outline.map((plan) => {
      const text = texts[numbers.indexOf(plan.number)];
      const before = params.chapters.find(({ number }) => number === plan.number);
      const paragraphs = text?.paragraphs ?? before?.paragraphs ?? [];
      const words = paragraphs.reduce((sum, each) => sum + wordsIn(each.text), 0);
      return { ...plan, paragraphs, words };
    });
    return { chapters };
  },
});
