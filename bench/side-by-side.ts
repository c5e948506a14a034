import { randomUUID } from 'node:crypto';
import type { Plan } from '../src/engine/plan.js';
import { type BenchRig, RAW_QUEUE } from './rig.js';
import { type Shape } from './shapes.js';
import { median, timed } from './stats.js';

export type Comparison = {
  readonly shape: string;
  readonly stages: number;
  readonly rounds: number;
  readonly raw_ms_a_stage: number;
  readonly sluice_ms_a_stage: number;
  /** Median of the ratios of neighbouring rounds, which a machine that slows down does not bend. */
  readonly ratio: number;
  readonly ratio_min: number;
  readonly ratio_max: number;
};

/** Runs a shape as a hand-written workflow and as a pipeline in turn. The order changes from round to round. */
export async function compare(rig: BenchRig, shape: Shape): Promise<Comparison> {
  const plan = await rig.plan(shape.definition);
  await runRaw(rig, shape);
  await runSluice(rig, plan);
  const raw: number[] = [];
  const sluice: number[] = [];
  for (let round = 0; round < shape.rounds; round += 1) {
    if (round % 2 === 0) raw.push(await timed(() => runRaw(rig, shape)));
    sluice.push(await timed(() => runSluice(rig, plan)));
    if (round % 2 === 1) raw.push(await timed(() => runRaw(rig, shape)));
  }
  const ratios = sluice.map((ms, round) => ms / (raw[round] ?? Number.NaN));
  return {
    shape: shape.name,
    stages: shape.stages,
    rounds: shape.rounds,
    raw_ms_a_stage: median(raw) / shape.stages,
    sluice_ms_a_stage: median(sluice) / shape.stages,
    ratio: median(ratios),
    ratio_min: Math.min(...ratios),
    ratio_max: Math.max(...ratios),
  };
}

export async function runSluice(rig: BenchRig, plan: Plan, key: string = randomUUID()): Promise<void> {
  const run = await rig.sluice.start(plan, { key });
  const result = await run.result();
  if (result.status !== 'succeeded') throw new Error(`${plan.pipeline} ended as ${result.status}`);
}

async function runRaw(rig: BenchRig, { raw }: Shape): Promise<void> {
  await rig.temporal.workflow.execute(raw.workflow, {
    taskQueue: RAW_QUEUE,
    workflowId: `raw/${randomUUID()}`,
    args: [...raw.args],
  });
}
