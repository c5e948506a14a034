import { join } from 'node:path';
import { defineStage, z } from 'sluice';
import { backtestResult, kindResult, rankedStrategy } from '../lib/assessment/results.js';
import { readWrite, rowsOf } from '../lib/duck.js';
import { insertRows } from '../lib/insert-rows.js';
import { fromProject, replaceFile } from '../lib/paths.js';

const found = z.object({ ranking: z.array(rankedStrategy), by_kind: z.array(kindResult) });

/** Compares the strategies over all series: more Sharpe ratio, less drawdown and less turnover are better. */
export const rankStrategies = defineStage({
  name: 'rank-strategies',
  description: 'Ranks the strategies by Sharpe ratio, drawdown and turnover over all scenarios',
  params: z.strictObject({ backtests: z.array(backtestResult).min(1), out_dir: z.string() }),
  output: found.extend({ database: z.string(), series: z.int(), best: z.string() }),
  run: async ({ params, ctx }) => {
    const database = join(fromProject(params.out_dir), 'assessment.duckdb');
    const series = params.backtests.filter((each) => each.days > 2);
    const rows = series.flatMap(({ scenario, kind, symbol, results }) =>
      results.map((result) => ({ scenario, kind, symbol, ...result })),
    );
    let result: z.output<typeof found> = { ranking: [], by_kind: [] };
    await replaceFile(database, async (draft) => {
      result = await readWrite(draft, async (db) => {
        await db.run(TABLE);
        await insertRows(db, 'backtests', rows);
        await db.run(RANKING);
        return {
          ranking: await rowsOf(db, rankedStrategy, { sql: 'SELECT * FROM ranking ORDER BY rank' }),
          by_kind: await rowsOf(db, kindResult, { sql: BY_KIND }),
        };
      });
    });
    const best = result.ranking[0]?.strategy ?? 'none';
    ctx.log.info(`Best of ${result.ranking.length} strategies over ${series.length} series: ${best}`);
    return { database, series: series.length, best, ...result };
  },
});

const TABLE = `
  CREATE TABLE backtests (scenario VARCHAR, kind VARCHAR, symbol VARCHAR, strategy VARCHAR, total_return DOUBLE,
    annual_return DOUBLE, annual_volatility DOUBLE, sharpe DOUBLE, max_drawdown DOUBLE, trades INTEGER, turnover DOUBLE,
    time_in_market DOUBLE, PRIMARY KEY (scenario, symbol, strategy))`;

const RANKING = `
  CREATE TABLE ranking AS
  WITH compared AS (
    SELECT b.*, coalesce(b.sharpe > h.sharpe, false) AS beats
    FROM backtests b LEFT JOIN backtests h
      ON h.scenario = b.scenario AND h.symbol = b.symbol AND h.strategy = 'buy_and_hold'
  ), means AS (
    SELECT strategy, avg(sharpe) AS sharpe, min(sharpe) AS worst_sharpe, avg(max_drawdown) AS max_drawdown,
      max(max_drawdown) AS worst_drawdown, avg(turnover) AS turnover, avg(annual_return) AS annual_return,
      avg(beats::INT) AS beats_holding
    FROM compared GROUP BY strategy
  ), placed AS (
    SELECT *, (rank() OVER (ORDER BY sharpe DESC) + rank() OVER (ORDER BY max_drawdown)
      + rank() OVER (ORDER BY turnover)) / 3 AS score
    FROM means
  )
  SELECT (row_number() OVER (ORDER BY score, sharpe DESC))::INT AS rank, * FROM placed`;

const BY_KIND = `
  SELECT strategy, kind, count(*)::INT AS series, avg(sharpe) AS sharpe FROM backtests
  GROUP BY strategy, kind ORDER BY strategy, kind`;
