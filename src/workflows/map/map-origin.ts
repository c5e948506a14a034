import type { MapOrigin } from '../../engine/map-shard.js';
import { packPlan } from '../../engine/pack-plan.js';
import type { StagePlan } from '../../engine/plan.js';
import type { StageRunContext } from '../stages/stage-context.js';

/** What a map takes along into workflows of its own. */
export function mapOrigin(stage: StagePlan, { plan, memory, scope }: StageRunContext): MapOrigin {
  const { inputs, variables, state, metrics } = scope;
  const seen = stage.depends_on.flatMap((id) => {
    const ended = scope.stages[id];
    return ended === undefined ? [] : [[id, ended] as const];
  });
  return {
    plan: packPlan({
      ...plan,
      inputs: {},
      stages: [stage],
      hooks: { on_success: [], on_failure: [], finally: [] },
      outputs: {},
      modes: {},
      pipelines: stage.action.kind === 'pipeline' ? plan.pipelines : {},
    }),
    inputs,
    variables,
    facts: memory.facts,
    stages: Object.fromEntries(seen),
    state: { ...state },
    metrics: { ...metrics },
  };
}
