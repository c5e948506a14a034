import { join } from 'node:path';
import { defineStage, z } from 'sluice';
import { indicatorRow } from '../lib/indicator-row.js';
import { computeIndicators } from '../lib/indicators.js';
import { fromProject } from '../lib/paths.js';
import { readPrices } from '../lib/prices.js';
import { writeSeries } from '../lib/series-file.js';

/** Moving averages, RSI, MACD, Bollinger bands and ATR of one symbol, kept as a Parquet file. */
export const computeIndicatorsStage = defineStage({
  name: 'compute-indicators',
  description: 'SMA, EMA, RSI 14, MACD 12/26/9, Bollinger bands and ATR 14 of one symbol',
  params: z.strictObject({
    database: z.string(),
    symbol: z.string(),
    window: z.int().min(2).max(250).default(20),
    out_dir: z.string(),
  }),
  output: indicatorRow.extend({ symbol: z.string(), file: z.string(), rows: z.int() }),
  run: async ({ params, ctx }) => {
    const { symbol, window } = params;
    const bars = await readPrices(params.database, symbol);
    ctx.progress(0.3, `${bars.length} bars`);
    const rows = computeIndicators(bars, window);
    const latest = rows.at(-1);
    if (latest === undefined) throw new Error(`${symbol} has no prices in the database.`);
    const file = join(fromProject(params.out_dir), 'staging', `${symbol}.indicators.parquet`);
    await writeSeries(file, rows);
    ctx.log.info(
      `${symbol} ${latest.day}: close ${latest.close}, RSI ${latest.rsi?.toFixed(1) ?? 'not yet'}`,
    );
    ctx.progress(1, `${rows.length} rows`);
    return { symbol, file, rows: rows.length, ...latest };
  },
});
