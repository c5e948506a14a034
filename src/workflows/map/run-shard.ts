import {
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { HeldUnit } from '../../engine/held-unit.js';
import type { Chunk, ChunkResult, MapOrigin, ShardInput } from '../../engine/map-shard.js';
import { packPlan, unpackPlan } from '../../engine/pack-plan.js';
import { MAP_SHARD_WORKFLOW } from '../../shared/names.js';
import { cancelAfterWaveSignal } from '../messages.js';
import { passPauseOn } from '../steering/pass-pause-on.js';
import type { PauseSwitch } from '../steering/pause-switch.js';
import type { UnitRun } from './held-units.js';

/** What the shards of a map hear from their coordinator. */
export type ShardControls = {
  readonly pause: PauseSwitch;
  /** By the IDs of their workflows, what has those that run end without starting anything more. */
  readonly running: Map<string, () => void>;
};

/** Runs consecutive items in a workflow of their own. `id` is what that is called below this one. */
export async function runShard(
  input: ShardInput,
  { pause, running }: ShardControls,
  id: string | number,
): Promise<ChunkResult> {
  const { first, count } = input.chunk;
  const workflowId = `${workflowInfo().workflowId}/${id}`;
  // What it tells may come before the news that it has started.
  running.set(workflowId, () => undefined);
  const shard = await startChild<(input: ShardInput) => Promise<ChunkResult>>(MAP_SHARD_WORKFLOW, {
    args: [input],
    workflowId,
    cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: count === 1 ? `item ${first}` : `items ${first} to ${first + count - 1}`,
  });
  const stopTelling = passPauseOn(shard, pause);
  running.set(workflowId, () => void shard.signal(cancelAfterWaveSignal).catch(() => undefined));
  try {
    return await shard.result();
  } finally {
    stopTelling();
    running.delete(workflowId);
  }
}

/** The input of a shard that runs one unit alone, after it was held. */
export function unitInput(
  unit: HeldUnit,
  how: UnitRun,
  map: Pick<ShardInput, 'origin' | 'limits'>,
): ShardInput {
  const { again, ...rest } = how;
  const { origin, limits } = map;
  return {
    origin: again === undefined ? origin : changedOrigin(origin, again),
    limits,
    chunk: unitChunk(unit),
    window: 1,
    failures_left: null,
    ...rest,
  };
}

function unitChunk({ positions, items }: HeldUnit): Chunk {
  const first = positions[0] ?? 0;
  const count = (positions.at(-1) ?? first) + 1 - first;
  const byPosition = new Map(positions.map((position, at) => [position, items?.[at] ?? null]));
  return {
    first,
    count,
    items:
      items === null ? null : Array.from({ length: count }, (_, at) => byPosition.get(first + at) ?? null),
    reuse: null,
    only: positions,
  };
}

/** The stage as somebody changed it for one more try. */
function changedOrigin(origin: MapOrigin, again: NonNullable<UnitRun['again']>): MapOrigin {
  const plan = unpackPlan(origin.plan);
  return {
    ...origin,
    plan: packPlan({ ...plan, stages: plan.stages.map((stage) => ({ ...stage, ...again })) }),
  };
}
