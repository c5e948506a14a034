import { CancellationScope, scheduleActivity } from '@temporalio/workflow';
import { type ItemLedger, type PartAt, sliceLedger } from '../../engine/map-ledger.js';
import type { ChunkResult } from '../../engine/map-shard.js';
import type { MapTotals } from '../../engine/map-totals.js';
import type { StagePlan } from '../../engine/plan.js';
import type { Json } from '../../shared/json.js';
import type {
  CollectedFile,
  CollectedPart,
  CollectFileParams,
  CollectPartParams,
  ReadPartsParams,
} from '../../shared/map-task.js';
import { ACTIVITY } from '../../shared/names.js';
import type { TaskResult } from '../../shared/task.js';
import { activityOptions } from '../activity-options.js';
import type { StageRunContext } from '../stages/stage-context.js';

/**
 * Keeps results of consecutive items, from position `first` on, in the store. Not cancelled with the stage: what is done
 * must not get lost.
 */
export async function collectPart(
  stage: StagePlan,
  first: number,
  results: readonly Json[],
  context: Pick<StageRunContext, 'memory'>,
  name: 'part' | 'whole' = 'part',
): Promise<PartAt> {
  const part = await collect<CollectedPart>(
    stage,
    ACTIVITY.mapCollectPart,
    `${name}.${first}`,
    { results } satisfies CollectPartParams,
    context,
  );
  return { first, part };
}

/**
 * Puts the results of all covered items into the store, where the map collects a file: one line each, null where there is
 * none. Items that were stopped may leave more that are done.
 */
export async function keepResults(
  stage: StagePlan,
  first: number,
  result: ChunkResult,
  context: Pick<StageRunContext, 'memory'>,
): Promise<ChunkResult> {
  if (stage.map?.collect !== 'file' || (result.covered === 0 && result.done.length === 0)) return result;
  const count = Math.max(result.covered, (result.done.at(-1)?.[1] ?? first) - first);
  const lines = Array.from<unknown, Json>({ length: count }, () => null);
  let position = 0;
  for (const [from, to] of result.done) {
    for (let index = from; index < to; index++) lines[index - first] = result.outputs?.[position++] ?? null;
  }
  const part = await collectPart(stage, first, lines, context);
  return { ...result, outputs: null, part };
}

/** Which of these items an earlier run has done, with their results; null where there are none. */
export async function doneBefore(
  stage: StagePlan,
  reuse: ItemLedger | null,
  { first, count }: { readonly first: number; readonly count: number },
  context: Pick<StageRunContext, 'memory'>,
): Promise<ItemLedger | null> {
  const sliced = reuse === null ? null : sliceLedger(reuse, first, count);
  return sliced?.parts === undefined ? sliced : withKeptResults(stage, first, sliced, context);
}

/** A ledger with the results that an earlier run kept in the store, so that they can be kept again. */
export async function withKeptResults(
  stage: StagePlan,
  first: number,
  ledger: ItemLedger,
  context: Pick<StageRunContext, 'memory'>,
): Promise<ItemLedger> {
  const { parts, outputs, total, ...rest } = ledger;
  if (parts === undefined || total === null) return ledger;
  const params = { first, count: total, parts } satisfies ReadPartsParams;
  const results = await collect<readonly Json[]>(
    stage,
    ACTIVITY.mapReadParts,
    `kept.${first}`,
    params,
    context,
  );
  const kept = ledger.done.flatMap(([from, to]) => results.slice(from - first, to - first));
  return { ...rest, total, outputs: kept.map((result, position) => outputs?.[position] ?? result) };
}

/** The parts of a file, with the lines of items that were held in their places. */
export async function withPatches(
  stage: StagePlan,
  { parts, patches }: Pick<MapTotals, 'parts' | 'patches'>,
  context: Pick<StageRunContext, 'memory'>,
): Promise<readonly PartAt[]> {
  const patched: PartAt[] = [];
  for (const at of parts) {
    const { first, part } = at;
    const inside = patches.filter(
      (patch) => patch.first < first + part.count && patch.first + patch.part.count > first,
    );
    // One after the other: what is read is held in memory.
    // oxlint-disable-next-line no-await-in-loop
    patched.push(inside.length === 0 ? at : await patchedPart(stage, at, inside, context));
  }
  return patched;
}

async function patchedPart(
  stage: StagePlan,
  { first, part }: PartAt,
  patches: readonly PartAt[],
  context: Pick<StageRunContext, 'memory'>,
): Promise<PartAt> {
  const base = { first, part };
  const params = { first, count: part.count, parts: [...patches, base] } satisfies ReadPartsParams;
  const lines = await collect<readonly Json[]>(
    stage,
    ACTIVITY.mapReadParts,
    `late.${first}`,
    params,
    context,
  );
  return { first, part: (await collectPart(stage, first, lines, context, 'whole')).part };
}

/** Makes one file of the parts, which are in input order. */
export function collectFile(
  stage: StagePlan,
  parts: readonly PartAt[],
  context: Pick<StageRunContext, 'memory'>,
): Promise<CollectedFile> {
  const params: CollectFileParams = {
    name: `${stage.id.replaceAll('/', '.')}.jsonl`,
    parts: parts.map(({ part }) => part),
  };
  return collect<CollectedFile>(stage, ACTIVITY.mapCollectFile, 'file', params, context);
}

async function collect<T>(
  stage: StagePlan,
  type: string,
  id: string,
  params: Json,
  { memory }: Pick<StageRunContext, 'memory'>,
): Promise<T> {
  const collector = {
    ...stage,
    id: `${stage.id}.${id}`,
    name: `${stage.name}, ${id}`,
    artifacts: [],
    task_queue: null,
  };
  const task = memory.taskOf(collector, params, []);
  const options = { ...activityOptions(collector), retry: { maximumAttempts: 10 } };
  const result = await CancellationScope.nonCancellable(() =>
    scheduleActivity<TaskResult>(type, [task], options),
  );
  return result.output as T;
}
