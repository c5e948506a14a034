import { join } from 'node:path';
import { defineStage, z } from 'sluice';
import { DataError } from '../lib/data-error.js';
import { indicatorRow } from '../lib/indicator-row.js';
import { computeIndicators } from '../lib/indicators.js';
import { fromProject } from '../lib/paths.js';
import { readScenario, scenarioPair } from '../lib/scenario/read-scenario.js';
import { writeSeries } from '../lib/series-file.js';
import { measureStatistics, statistics } from '../lib/statistics.js';

export const calculatedMetrics = scenarioPair.extend({
  file: z.string(),
  rows: z.int(),
  statistics,
  latest: indicatorRow,
});

/** Indicators of every day, and statistics of the returns, of one symbol in one scenario. */
export const calculateMetrics = defineStage({
  name: 'calculate-metrics',
  description: 'Technical indicators and statistics of one symbol in one scenario',
  params: z.strictObject({
    scenarios: z.string(),
    pair: scenarioPair,
    window: z.int().min(2).max(250).default(20),
    out_dir: z.string(),
  }),
  output: calculatedMetrics,
  run: async ({ params, ctx }) => {
    const { scenario, kind, symbol } = params.pair;
    const bars = await readScenario(params.scenarios, params.pair);
    const rows = computeIndicators(bars, params.window);
    const latest = rows.at(-1);
    if (latest === undefined || rows.length < 3) {
      throw new DataError(
        `${symbol} has ${rows.length} days in scenario "${scenario}"; metrics need at least 3.`,
      );
    }
    const file = join(fromProject(params.out_dir), 'staging', 'metrics', `${scenario}.${symbol}.parquet`);
    await writeSeries(
      file,
      rows.map((row) => ({ scenario, kind, symbol, ...row })),
    );
    ctx.metrics.add('indicator_days', rows.length);
    const levels = bars.map((bar) => ({ day: bar.day, value: bar.close }));
    return { scenario, kind, symbol, file, rows: rows.length, statistics: measureStatistics(levels), latest };
  },
});
