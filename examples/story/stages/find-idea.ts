import { defineStage, z } from 'sluice';
import { drawIdea, readGrammar } from '../lib/text/grammar.js';
import { randomFor } from '../lib/text/random.js';
import { idea } from '../lib/shapes.js';

export const findIdea = defineStage({
  name: 'find-idea',
  description: 'Chooses hero, house and trouble',
  params: z.strictObject({ title: z.string(), seed: z.int() }),
  output: idea,
  run: async ({ params, ctx }) => {
    const drawn = drawIdea(await readGrammar(), randomFor(params.seed, 'idea'));
    ctx.log.info(drawn.pitch);
    return params.title === '' ? drawn : { ...drawn, title: params.title };
  },
});
