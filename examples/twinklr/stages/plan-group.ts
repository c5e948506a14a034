import { defineStage, z } from 'sluice';
import { planGroup } from '../lib/plan/plan-group.js';
import { beat, group, groupIdeas, groupPlan, line, macroPlan } from '../lib/shapes.js';

export const planGroupStage = defineStage({
  name: 'plan-group',
  description: 'Decides what the models of one group do',
  params: z.strictObject({
    group,
    macro: macroPlan,
    beats: z.array(beat),
    lines: z.array(line),
    seed: z.int(),
    ideas: groupIdeas.nullable(),
  }),
  output: groupPlan,
  run: async ({ params, ctx }) => {
    const plan = planGroup(params);
    ctx.metrics.add('planned_effects', plan.effects.length);
    return plan;
  },
});
