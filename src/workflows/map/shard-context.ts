import { unpackPlan } from '../../engine/pack-plan.js';
import type { MapLimits, MapOrigin } from '../../engine/map-shard.js';
import type { StagePlan } from '../../engine/plan.js';
import type { Paused } from '../../engine/steering.js';
import { DispatchBudget } from '../dispatch-budget.js';
import { PoolDesk } from '../pool/pool-desk.js';
import { RunMemory } from '../run-memory.js';
import { HoldDesk, type Holds } from '../steering/hold-desk.js';
import { PauseSwitch } from '../steering/pause-switch.js';
import { launchStage } from '../stages/launch-stage.js';
import type { StageRunContext } from '../stages/stage-context.js';
import { MapHost } from './map-host.js';

/** What a map's own workflow runs stages with. */
export type ShardContext = {
  readonly stage: StagePlan;
  readonly context: StageRunContext;
  readonly pause: PauseSwitch;
};

/**
 * The surroundings of the stage in a workflow of the map. Nobody decides there about items that failed for good; with
 * `holds` those items go to where somebody does, whose timers they are.
 */
export function shardContext(
  origin: MapOrigin,
  limits: MapLimits,
  { paused = null, holds }: { readonly paused?: Paused | null; readonly holds?: Holds } = {},
): ShardContext {
  const plan = unpackPlan(origin.plan);
  const [mapped] = plan.stages;
  if (mapped === undefined) throw new Error('A map without its stage.');
  const { inputs, variables, facts } = origin;
  const startedAt = Date.parse(facts.started_at);
  const memory = new RunMemory({ plan: origin.plan, inputs, variables, mode: facts.mode }, startedAt, facts);
  memory.merge(origin.state, origin.metrics);
  const pause = new PauseSwitch(paused);
  const context: StageRunContext = {
    plan,
    memory,
    scope: { ...memory.scope, stages: origin.stages },
    budget: new DispatchBudget(() => undefined),
    maps: new MapHost(limits),
    launch: launchStage,
    mark: () => undefined,
    pools: new PoolDesk(plan.pools, startedAt),
    pause,
    holds: holds ?? new HoldDesk(null),
    approvals: undefined,
  };
  const hold = holds === undefined || mapped.hold === null ? null : { ...mapped.hold, timeout_ms: null };
  return { stage: { ...mapped, hold }, context, pause };
}
