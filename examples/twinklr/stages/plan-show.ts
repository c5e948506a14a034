import { defineStage, z } from 'sluice';
import { planShow } from '../lib/plan/plan-show.js';
import { line, macroPlan, profile, showIdeas } from '../lib/shapes.js';

export const planShowStage = defineStage({
  name: 'plan-show',
  description: 'Decides colours, and who leads in which section',
  params: z.strictObject({ profile, lines: z.array(line), seed: z.int(), ideas: showIdeas.nullable() }),
  output: macroPlan,
  run: async ({ params, ctx }) => {
    const plan = planShow(params);
    for (const section of plan.sections) {
      ctx.log.info(`from ${section.start_ms} ms ${section.level}, led by ${section.lead}`);
    }
    return plan;
  },
});
