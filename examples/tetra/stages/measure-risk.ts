import { defineStage, z } from 'sluice';
import { readPrices } from '../lib/prices.js';
import { measureRisk } from '../lib/risk.js';

export const riskOutput = z.object({
  symbol: z.string(),
  first: z.string(),
  last: z.string(),
  periods_per_year: z.number(),
  returns: z.int(),
  total_return: z.number(),
  daily_return: z.number(),
  daily_volatility: z.number(),
  annual_return: z.number(),
  annual_volatility: z.number(),
  sharpe: z.number(),
  max_drawdown: z.object({ depth: z.number(), peak: z.string(), trough: z.string() }),
  var_95: z.number(),
  expected_shortfall_95: z.number(),
  best_day: z.number(),
  worst_day: z.number(),
});

/** Return and risk of one symbol, from its adjusted closes. */
export const measureRiskStage = defineStage({
  name: 'measure-risk',
  description: 'Return, volatility, Sharpe ratio, largest drawdown and value at risk of one symbol',
  params: z.strictObject({
    database: z.string(),
    symbol: z.string(),
    /** 252 for trading days, 12 for months. */
    periods_per_year: z.number().positive().default(252),
    /** A year's return without risk; 0.02 is 2 percent. */
    risk_free: z.number().default(0),
  }),
  output: riskOutput,
  run: async ({ params, ctx }) => {
    const { symbol, periods_per_year: periods } = params;
    const bars = await readPrices(params.database, symbol);
    const [first, last] = [bars[0], bars.at(-1)];
    if (first === undefined || last === undefined || bars.length < 3) {
      throw new Error(`${symbol} has ${bars.length} prices in the database; risk needs at least 3.`);
    }
    ctx.progress(0.5, `${bars.length} prices`);
    const levels = bars.map((bar) => ({ day: bar.day, value: bar.adjusted }));
    const risk = measureRisk(levels, { periods, riskFree: params.risk_free });
    ctx.log.info(
      `${symbol}: Sharpe ${risk.sharpe.toFixed(2)}, worst fall ${(risk.max_drawdown.depth * 100).toFixed(1)}%`,
    );
    ctx.progress(1);
    return { symbol, first: first.day, last: last.day, periods_per_year: periods, ...risk };
  },
});
