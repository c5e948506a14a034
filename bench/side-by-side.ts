import { randomUUID } from 'node:crypto';
import type { Plan } from '../src/engine/plan.js';
import { type BenchRig, RAW_QUEUE, RAW_STORE_QUEUE } from './rig.js';
import { type Shape } from './shapes.js';
import { median, timed } from './stats.js';

export type Comparison = {
  readonly shape: string;
  readonly stages: number;
  readonly rounds: number;
  readonly raw_ms_a_stage: number;
  /** Null where that way was left out. */
  readonly raw_with_storage_ms_a_stage: number | null;
  readonly sluice_ms_a_stage: number;
  /** Medians of the ratios of neighbouring rounds, which a machine that slows down does not bend. */
  readonly ratio: number;
  readonly ratio_min: number;
  readonly ratio_max: number;
  /** Against a hand-written workflow whose worker has the same external storage for large payloads. */
  readonly ratio_with_storage: number | null;
};

/** As of a worker that has served for a while, whose code the engine has compiled. */
const STAGES_BEFORE = 1_000;

/** Runs a shape by hand and as a pipeline in turn. The order changes from round to round. */
export async function compare(rig: BenchRig, shape: Shape): Promise<Comparison> {
  const plan = await rig.plan(shape.definition);
  const ways = {
    raw: { run: () => runRaw(rig, shape, RAW_QUEUE), ms: [] as number[] },
    sluice: { run: () => runSluice(rig, plan), ms: [] as number[] },
    stored: { run: () => runRaw(rig, shape, RAW_STORE_QUEUE), ms: [] as number[] },
  };
  const order = [ways.raw, ways.sluice, ...(shape.withStorage === false ? [] : [ways.stored])];
  for (let before = 0; before < STAGES_BEFORE; before += shape.stages) {
    for (const way of order) await way.run();
  }
  for (let round = 0; round < shape.rounds; round += 1) {
    for (const way of round % 2 === 0 ? order : order.toReversed()) way.ms.push(await timed(way.run));
  }
  const hasStored = ways.stored.ms.length > 0;
  const ratios = ratiosOf(ways.sluice.ms, ways.raw.ms);
  return {
    shape: shape.name,
    stages: shape.stages,
    rounds: shape.rounds,
    raw_ms_a_stage: median(ways.raw.ms) / shape.stages,
    raw_with_storage_ms_a_stage: hasStored ? median(ways.stored.ms) / shape.stages : null,
    sluice_ms_a_stage: median(ways.sluice.ms) / shape.stages,
    ratio: median(ratios),
    ratio_min: Math.min(...ratios),
    ratio_max: Math.max(...ratios),
    ratio_with_storage: hasStored ? median(ratiosOf(ways.sluice.ms, ways.stored.ms)) : null,
  };
}

function ratiosOf(above: readonly number[], below: readonly number[]): readonly number[] {
  return above.map((ms, round) => ms / (below[round] ?? Number.NaN));
}

export async function runSluice(rig: BenchRig, plan: Plan, key: string = randomUUID()): Promise<void> {
  const run = await rig.sluice.start(plan, { key });
  const result = await run.result();
  if (result.status !== 'succeeded') throw new Error(`${plan.pipeline} ended as ${result.status}`);
}

async function runRaw(rig: BenchRig, { raw }: Shape, taskQueue: string): Promise<void> {
  await rig.temporal.workflow.execute(raw.workflow, {
    taskQueue,
    workflowId: `raw/${randomUUID()}`,
    args: [...raw.args],
  });
}
