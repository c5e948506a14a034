import { join } from 'node:path';
import { defineStage, z } from 'sluice';
import { DataError } from '../lib/data-error.js';
import { fromProject } from '../lib/paths.js';
import { readPrices } from '../lib/prices.js';
import { buildScenario } from '../lib/scenario/build-scenario.js';
import { scenarioKind, scenarioSpec } from '../lib/scenario/scenario-spec.js';
import { writeSeries } from '../lib/series-file.js';

export const builtScenario = z.object({
  scenario: z.string(),
  kind: scenarioKind,
  name: z.string(),
  seed: z.int().nullable(),
  file: z.string(),
  series: z.array(z.object({ symbol: z.string(), days: z.int(), change: z.number() })),
});

/** Makes the prices of one scenario, a file with all its symbols. Running it twice writes the same file. */
export const buildScenarioStage = defineStage({
  name: 'build-scenario',
  description: 'Makes the daily prices of every symbol in one scenario',
  params: z.strictObject({
    prices: z.string(),
    scenario: scenarioSpec,
    symbols: z.array(z.string()).min(1),
    /** The monthly series that replayed crises are taken from. */
    market: z.string().default('SP500'),
    /** A symbol with fewer days in a historical window is left out of it. */
    min_days: z.int().min(2).default(120),
    out_dir: z.string(),
  }),
  output: builtScenario,
  run: async ({ params, ctx }) => {
    const { scenario } = params;
    const market = await readPrices(params.prices, params.market);
    if (scenario.kind === 'stress' && market.length === 0) {
      throw new DataError(
        `${params.prices} holds no ${params.market}: run market-data with its long-term series.`,
      );
    }
    const made = await Promise.all(
      params.symbols.map(async (symbol) => {
        const bars = await readPrices(params.prices, symbol);
        return { symbol, bars: buildScenario(scenario, { symbol, bars, market }) };
      }),
    );
    const series = made.filter(({ bars }) => bars.length >= params.min_days);
    const rows = series.flatMap(({ symbol, bars }) =>
      bars.map((bar) => ({ scenario: scenario.id, symbol, ...bar })),
    );
    const file = join(fromProject(params.out_dir), 'staging', 'scenarios', `${scenario.id}.parquet`);
    if (rows.length > 0) await writeSeries(file, rows);
    ctx.metrics.add('scenario_days', rows.length);
    return {
      scenario: scenario.id,
      kind: scenario.kind,
      name: scenario.name,
      seed: 'seed' in scenario ? scenario.seed : null,
      file,
      series: series.map(({ symbol, bars }) => ({
        symbol,
        days: bars.length,
        change: (bars.at(-1)?.close ?? 1) / (bars[0]?.close ?? 1) - 1,
      })),
    };
  },
});
