import { defineStage, z } from 'sluice';
import { expand, readGrammar } from '../lib/text/grammar.js';
import { randomFor } from '../lib/text/random.js';
import { chapterPlan, idea } from '../lib/shapes.js';

export const outlineStory = defineStage({
  name: 'outline-story',
  description: 'Spreads the steps of the plot over the chapters',
  params: z.strictObject({ idea, chapters: z.int().min(3), seed: z.int() }),
  output: z.object({ chapters: z.array(chapterPlan) }),
  run: async ({ params, ctx }) => {
    const { steps } = await readGrammar();
    const random = randomFor(params.seed, 'outline');
    const count = Math.min(params.chapters, steps.length);
    // The first step begins the story and the last one ends it; of those between, as many as there is room for.
    const chosen = Array.from(
      { length: count },
      (_, index) => steps[Math.round((index * (steps.length - 1)) / (count - 1))],
    );
    const chapters = chosen
      .filter((step) => step !== undefined)
      .map((step, index) => ({
        number: index + 1,
        step: step.step,
        title: expand(step.title, params.idea.symbols, random),
        goal: expand(step.goal, params.idea.symbols, random),
      }));
    for (const chapter of chapters) ctx.log.info(`${chapter.number}. ${chapter.title}: ${chapter.goal}`);
    return { chapters };
  },
});
