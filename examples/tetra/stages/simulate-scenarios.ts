import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { StageContext } from 'sluice';
import { defineStage, z } from 'sluice';
import { fromProject } from '../lib/paths.js';
import { readPrices } from '../lib/prices.js';
import { returnsOf } from '../lib/risk.js';
import { Scenarios } from '../lib/scenarios.js';
import { writeSeries } from '../lib/series-file.js';

/** Paths between two breaths: short enough for progress, heartbeats and the stages beside it. */
const BATCH = 250;

const params = z.strictObject({
  database: z.string(),
  symbol: z.string(),
  paths: z.int().min(100).max(100_000).default(15_000),
  horizon: z.int().min(1).max(1000).default(252),
  block: z.int().min(1).default(10),
  seed: z.int().default(1),
  out_dir: z.string(),
});

/** A block bootstrap of one symbol's own returns: what a year like the years we know could bring. */
export const simulateScenarios = defineStage({
  name: 'simulate-scenarios',
  description: 'Draws thousands of one-year paths from the past returns of a symbol',
  params,
  output: z.object({
    symbol: z.string(),
    file: z.string(),
    paths: z.int(),
    horizon: z.int(),
    p5: z.number(),
    median: z.number(),
    p95: z.number(),
    chance_of_loss: z.number(),
    median_drawdown: z.number(),
  }),
  run: async ({ params: given, ctx }) => {
    const bars = await readPrices(given.database, given.symbol);
    const scenarios = new Scenarios(returnsOf(bars.map((bar) => bar.adjusted)), given);
    await simulateInBatches(scenarios, given, ctx);
    const bands = scenarios.bands();
    const file = join(fromProject(given.out_dir), 'staging', `${given.symbol}.scenarios.parquet`);
    await writeSeries(
      file,
      bands.map(({ step, ...rest }) => ({ day: String(step).padStart(4, '0'), ...rest })),
    );
    ctx.metrics.add('paths', given.paths);
    const end = bands.at(-1);
    return {
      symbol: given.symbol,
      file,
      paths: given.paths,
      horizon: given.horizon,
      p5: (end?.p5 ?? 1) - 1,
      median: (end?.p50 ?? 1) - 1,
      p95: (end?.p95 ?? 1) - 1,
      chance_of_loss: scenarios.chanceOfLoss(),
      median_drawdown: scenarios.medianDrawdown(),
    };
  },
});

async function simulateInBatches(
  scenarios: Scenarios,
  plan: z.output<typeof params>,
  ctx: StageContext,
): Promise<void> {
  for (let from = 0; from < plan.paths; from += BATCH) {
    ctx.signal.throwIfAborted();
    const to = Math.min(from + BATCH, plan.paths);
    scenarios.simulate(from, to);
    ctx.progress(to / plan.paths, `${to} of ${plan.paths} paths`);
    await setImmediate();
  }
}
