import { defineStage, z } from 'sluice';
import { balanceShow } from '../lib/plan/balance-show.js';
import { display, effect, groupPlan } from '../lib/shapes.js';

export const balanceShowStage = defineStage({
  name: 'balance-show',
  description: 'Joins the plans of all groups and keeps them within the power budget',
  params: z.strictObject({ plans: z.array(groupPlan), display }),
  output: z.object({ effects: z.array(effect), dimmed: z.int(), peak_amps: z.number() }),
  run: async ({ params, ctx }) => {
    const show = balanceShow(params.plans, params.display);
    ctx.metrics.add('dimmed_effects', show.dimmed);
    ctx.log.info(`at most ${show.peak_amps.toFixed(1)} A of ${params.display.budget_amps} A`);
    return { ...show, effects: [...show.effects] };
  },
});
