import { defineStage, z } from 'sluice';
import { readOnly, rowsOf } from '../lib/duck.js';

const pair = z.object({ a: z.string(), b: z.string(), days: z.int(), correlation: z.number().nullable() });
const regime = z.object({ regime: z.string(), days: z.int(), share: z.number() });
const reaction = z.object({
  symbol: z.string(),
  regime: z.string(),
  days: z.int(),
  daily_return: z.number(),
  annual_volatility: z.number().nullable(),
});
const gauge = z.object({ day: z.string(), level: z.number(), percentile: z.number() });

/** How the symbols move together, and what they do while the fear gauge is low or high. All of it is SQL. */
export const compareMarkets = defineStage({
  name: 'compare-markets',
  description: 'Correlations between symbols, and their returns by the level of the fear gauge',
  params: z.strictObject({
    database: z.string(),
    symbols: z.array(z.string()).min(1),
    gauge: z.string().default('VIX'),
    calm_below: z.number().default(15),
    stressed_from: z.number().default(25),
  }),
  output: z.object({
    gauge: gauge.nullable(),
    regimes: z.array(regime),
    reactions: z.array(reaction),
    correlations: z.array(pair),
  }),
  run: async ({ params, ctx }) => {
    const symbols = params.symbols.join(',');
    const limits = { gauge: params.gauge, calm: params.calm_below, stressed: params.stressed_from };
    return readOnly(params.database, async (db) => {
      const correlations = await rowsOf(db, pair, { sql: CORRELATIONS, values: { symbols } });
      ctx.progress(0.4, `${correlations.length} pairs`);
      const regimes = await rowsOf(db, regime, { sql: REGIMES, values: limits });
      const reactions = await rowsOf(db, reaction, { sql: REACTIONS, values: { symbols, ...limits } });
      const [current] = await rowsOf(db, gauge, { sql: GAUGE, values: { gauge: params.gauge } });
      ctx.progress(1, current === undefined ? 'no gauge' : `${params.gauge} at ${current.level}`);
      return { gauge: current ?? null, regimes, reactions, correlations };
    });
  },
});

const RETURNS = `
  returns AS (
    SELECT symbol, day, adjusted / lag(adjusted) OVER (PARTITION BY symbol ORDER BY day) - 1 AS change
    FROM prices WHERE list_contains(string_split($symbols, ','), symbol)
  )`;

const LEVELS = `
  levels AS (
    SELECT day, lag(close) OVER (ORDER BY day) AS before, close FROM prices WHERE symbol = $gauge
  )`;

const REGIME = (level: string): string =>
  `CASE WHEN ${level} < $calm THEN 'calm' WHEN ${level} < $stressed THEN 'normal' ELSE 'stressed' END`;

const CORRELATIONS = `
  WITH ${RETURNS}
  SELECT a.symbol AS a, b.symbol AS b, count(*)::INT AS days, corr(a.change, b.change) AS correlation
  FROM returns a JOIN returns b ON a.day = b.day AND a.symbol < b.symbol
  WHERE a.change IS NOT NULL AND b.change IS NOT NULL
  GROUP BY ALL ORDER BY a, b`;

const REGIMES = `
  WITH ${LEVELS}
  SELECT ${REGIME('close')} AS regime, count(*)::INT AS days, count(*) / (SELECT count(*) FROM levels) AS share
  FROM levels GROUP BY regime ORDER BY regime`;

// The level of the day before, so that a day's own fall does not decide which regime it counts for.
const REACTIONS = `
  WITH ${RETURNS}, ${LEVELS}
  SELECT symbol, ${REGIME('before')} AS regime, count(*)::INT AS days, avg(change) AS daily_return,
    stddev_samp(change) * sqrt(252) AS annual_volatility
  FROM returns JOIN levels USING (day)
  WHERE change IS NOT NULL AND before IS NOT NULL AND symbol <> $gauge
  GROUP BY ALL ORDER BY symbol, regime`;

const GAUGE = `
  SELECT day::VARCHAR AS day, close AS level,
    (SELECT count(*) FROM prices WHERE symbol = $gauge AND close <= now.close)
      / (SELECT count(*) FROM prices WHERE symbol = $gauge) AS percentile
  FROM prices now WHERE symbol = $gauge ORDER BY day DESC LIMIT 1`;
