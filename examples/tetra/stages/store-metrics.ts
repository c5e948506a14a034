import { join } from 'node:path';
import { defineStage, z } from 'sluice';
import { readWrite, rowsOf } from '../lib/duck.js';
import { insertRows } from '../lib/insert-rows.js';
import { fromProject, replaceFile, shown } from '../lib/paths.js';
import { calculatedMetrics } from './calculate-metrics.js';

const found = z.object({ indicators: z.int(), features: z.int(), fingerprint: z.string() });

/** Puts indicators, statistics and features into one database, in place of the one before. */
export const storeMetrics = defineStage({
  name: 'store-metrics',
  description: 'Writes indicators, statistics and features of all scenarios into a DuckDB database',
  params: z.strictObject({ metrics: z.array(calculatedMetrics).min(1), out_dir: z.string() }),
  output: found.extend({ database: z.string(), statistics: z.int() }),
  run: async ({ params, ctx }) => {
    const { metrics } = params;
    const database = join(fromProject(params.out_dir), 'metrics.duckdb');
    let counts: z.output<typeof found> = { indicators: 0, features: 0, fingerprint: '' };
    await replaceFile(database, async (draft) => {
      counts = await readWrite(draft, async (db) => {
        await db.run(TABLES);
        for (const [index, { file, scenario, symbol }] of metrics.entries()) {
          await db.run('INSERT INTO indicators BY NAME SELECT * FROM read_parquet($file)', { file });
          ctx.progress((index + 1) / (metrics.length + 1), `${symbol} in ${scenario}`);
        }
        await insertRows(
          db,
          'statistics',
          metrics.map(({ scenario, kind, symbol, statistics }) => ({
            scenario,
            kind,
            symbol,
            ...statistics,
          })),
        );
        await db.run(FEATURES);
        const [summary] = await rowsOf(db, found, { sql: SUMMARY });
        return summary ?? counts;
      });
    });
    ctx.log.info(`${counts.indicators} days of ${metrics.length} series in ${shown(database)}`);
    ctx.metrics.add('series', metrics.length);
    return { database, statistics: metrics.length, ...counts };
  },
});

const PAIR = 'scenario VARCHAR, kind VARCHAR, symbol VARCHAR';

const TABLES = `
  CREATE TABLE indicators (${PAIR}, day VARCHAR, close DOUBLE, sma DOUBLE, sma_slow DOUBLE, ema DOUBLE, rsi DOUBLE,
    macd DOUBLE, macd_signal DOUBLE, band_low DOUBLE, band_mid DOUBLE, band_high DOUBLE, atr DOUBLE, momentum DOUBLE,
    PRIMARY KEY (scenario, symbol, day));
  CREATE TABLE statistics (${PAIR}, returns INTEGER, total_return DOUBLE, annual_return DOUBLE, annual_volatility DOUBLE,
    sharpe DOUBLE, max_drawdown DOUBLE, var_95 DOUBLE, expected_shortfall_95 DOUBLE, best_day DOUBLE, worst_day DOUBLE,
    skewness DOUBLE, kurtosis DOUBLE, autocorrelation DOUBLE, PRIMARY KEY (scenario, symbol));
  CREATE VIEW series AS SELECT scenario, kind, symbol FROM statistics;
  CREATE VIEW contents AS
    SELECT count(*)::INT AS rows, bit_xor(hash(indicators))::VARCHAR AS fingerprint FROM indicators`;

// Numbers of one scale for a model to learn from, and what it would have to guess: the return of the next day.
const FEATURES = `
  CREATE TABLE features AS
  WITH returns AS (
    SELECT *, close / lag(close) OVER days - 1 AS return_1, close / lag(close, 5) OVER days - 1 AS return_5,
      close / lag(close, 21) OVER days - 1 AS return_21, lead(close) OVER days / close - 1 AS next_return
    FROM indicators WINDOW days AS (PARTITION BY scenario, symbol ORDER BY day)
  )
  SELECT scenario, symbol, day, return_1, return_5, return_21,
    stddev_samp(return_1) OVER (PARTITION BY scenario, symbol ORDER BY day ROWS 20 PRECEDING) AS volatility_21,
    rsi / 100 AS rsi, (close - band_low) / nullif(band_high - band_low, 0) AS band_position, close / sma - 1 AS sma_gap,
    (macd - macd_signal) / close AS macd_gap, atr / close AS range, momentum, next_return
  FROM returns WHERE momentum IS NOT NULL
  ORDER BY ALL`;

const SUMMARY = `
  SELECT rows AS indicators, (SELECT count(*) FROM features)::INT AS features, fingerprint FROM contents`;
