import { defineStage, z } from 'sluice';
import { indicatorRow } from '../lib/indicator-row.js';
import { readSeries } from '../lib/series-file.js';
import { rankStrategies } from '../lib/strategies.js';

/** Back-tests five textbook strategies on one symbol and ranks them. */
export const rankStrategiesStage = defineStage({
  name: 'rank-strategies',
  description: 'Back-tests five textbook strategies on one symbol and ranks them by Sharpe ratio',
  params: z.strictObject({ symbol: z.string(), indicators: z.string() }),
  output: z.object({
    symbol: z.string(),
    best: z.string(),
    ranking: z.array(
      z.object({
        strategy: z.string(),
        annual_return: z.number(),
        annual_volatility: z.number(),
        sharpe: z.number(),
        max_drawdown: z.number(),
        trades: z.int(),
        time_in_market: z.number(),
      }),
    ),
  }),
  run: async ({ params, ctx }) => {
    const rows = await readSeries(params.indicators, indicatorRow);
    ctx.progress(0.5, `${rows.length} days`);
    const ranking = rankStrategies(rows);
    const best = ranking[0]?.strategy ?? 'none';
    ctx.log.info(`${params.symbol}: best of ${ranking.length} strategies is ${best}`);
    ctx.progress(1, best);
    return { symbol: params.symbol, best, ranking };
  },
});
