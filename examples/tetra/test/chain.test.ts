import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mean } from 'simple-statistics';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'sluice';
import { closeTestServers, testPipeline } from 'sluice/testing';
import { readOnly, rowsOf } from '../lib/duck.js';
import { fromProject } from '../lib/paths.js';
import type { rankedStrategy } from '../lib/assessment/results.js';
import { outFolder } from './support/sources.js';

const FILE = fromProject('pipelines/tetra.yaml');
const COST = 0.0005;

afterAll(closeTestServers);

describe('the weekly chain', () => {
  it('goes from the files to a ranking that a recount of its databases confirms', async () => {
    const folder = await outFolder();
    const env = { ...process.env, OUT_DIR: folder };
    const inputs = { bootstraps: 3, paths: 500 };
    const result = await testPipeline(FILE, { mode: 'weekly', inputs, env });

    expect(result).toMatchObject({
      status: 'succeeded',
      partial: false,
      failed_stages: [],
      skipped_stages: [],
    });
    expect(result.executed_stages).toEqual(['data', 'scenarios', 'metrics', 'assessment']);
    expect(result.outputs).toMatchObject({ rows: 12_363, scenarios: 13, series: 25 });
    await expectHistoryAsInFile(folder);
    await expectMeans(folder);
    await expectCrossover(folder);
    await expectRanking(folder, result.stages['assessment']?.output);
    const html = await readFile(join(folder, 'assessment-report.html'), 'utf8');
    expect(html.match(/<svg /g)).toHaveLength(6);
    expect(html).not.toMatch(/NaN|undefined|<script|src=/);
  });

  it('does no more than its first stage in mode daily, which its pipeline knows too', async () => {
    const env = { ...process.env, OUT_DIR: await outFolder() };
    const result = await testPipeline(FILE, { mode: 'daily', env });
    expect(result).toMatchObject({ status: 'succeeded', executed_stages: ['data'] });
    expect(result.stages['data']?.output).toMatchObject({
      quality: { symbols: ['VIX', 'AAPL', 'TSLA'], rows: [283, 276, 277] },
    });
    expect(result.outputs).toMatchObject({ rows: 836, best: null, strategy_report: null });
  });
});

/** The real days in the scenarios are the adjusted closes of the file. */
async function expectHistoryAsInFile(folder: string): Promise<void> {
  const file = fromProject('data/aapl-2015-2017-plotly.csv');
  const [compared] = await query(
    join(folder, 'scenarios.duckdb'),
    z.object({ days: z.int(), gap: z.number() }),
    `SELECT count(*)::INT AS days, max(abs(p.close - c."AAPL.Adjusted")) AS gap
     FROM prices p JOIN read_csv('${file}') c ON c.Date::VARCHAR = p.day
     WHERE p.scenario = 'history' AND p.symbol = 'AAPL'`,
  );
  expect(compared).toEqual({ days: 506, gap: 0 });
}

/** Every moving mean of every series, counted again by the database. */
async function expectMeans(folder: string): Promise<void> {
  const [compared] = await query(
    join(folder, 'metrics.duckdb'),
    z.object({ days: z.int(), gap: z.number() }),
    `WITH counted AS (
       SELECT scenario, symbol, day, sma, close,
         avg(close) OVER (PARTITION BY scenario, symbol ORDER BY day ROWS 19 PRECEDING) AS mean FROM indicators)
     SELECT count(*)::INT AS days, max(abs(sma - mean) / close) AS gap FROM counted WHERE sma IS NOT NULL`,
  );
  expect(compared?.days).toBeGreaterThan(6000);
  expect(compared?.gap).toBeLessThan(1e-12);
}

/** The whole back-test of the crossing means on every series, in one query instead of a loop. */
async function expectCrossover(folder: string): Promise<void> {
  const shape = z.object({ scenario: z.string(), symbol: z.string(), total: z.number(), trades: z.int() });
  const counted = await query(
    join(folder, 'metrics.duckdb'),
    shape,
    `WITH held AS (
       SELECT *, coalesce(lag(sma > sma_slow) OVER days, false) AS held, lag(close) OVER days AS before,
         coalesce(lag(sma > sma_slow, 2) OVER days, false) AS held_before
       FROM indicators WHERE momentum IS NOT NULL AND macd_signal IS NOT NULL
       WINDOW days AS (PARTITION BY scenario, symbol ORDER BY day))
     SELECT scenario, symbol, count(*) FILTER (held <> held_before)::INT AS trades,
       exp(sum(CASE WHEN held THEN ln(close / before) ELSE 0 END
         + CASE WHEN held <> held_before THEN ln(1 - ${COST}) ELSE 0 END)) - 1 AS total
     FROM held GROUP BY scenario, symbol ORDER BY scenario, symbol`,
  );
  const tested = await query(
    join(folder, 'assessment.duckdb'),
    shape,
    `SELECT scenario, symbol, total_return AS total, trades FROM backtests WHERE strategy = 'sma_crossover'
     ORDER BY scenario, symbol`,
  );
  expect(counted).toHaveLength(25);
  for (const [index, each] of tested.entries()) {
    expect(counted[index]).toMatchObject({ scenario: each.scenario, symbol: each.symbol });
    expect(each.total).toBeCloseTo(counted[index]?.total ?? Number.NaN, 9);
    // The last decision is made at a close that nothing follows.
    expect(each.trades - (counted[index]?.trades ?? 0)).toBeLessThanOrEqual(1);
  }
}

/** The ranking from the single results, without a query. */
async function expectRanking(folder: string, assessment: unknown): Promise<void> {
  const { best, ranking } = z
    .object({ best: z.string(), ranking: z.array(z.custom<z.output<typeof rankedStrategy>>()) })
    .parse(assessment);
  const shape = z.object({
    strategy: z.string(),
    sharpe: z.number(),
    max_drawdown: z.number(),
    turnover: z.number(),
  });
  const rows = await query(join(folder, 'assessment.duckdb'), shape, 'SELECT * FROM backtests');
  const names = [...new Set(rows.map((row) => row.strategy))];
  expect(names).toHaveLength(6);
  const means = names.map((name) => {
    const own = rows.filter((row) => row.strategy === name);
    const of = (key: 'sharpe' | 'max_drawdown' | 'turnover'): number => mean(own.map((row) => row[key]));
    return { name, sharpe: of('sharpe'), max_drawdown: of('max_drawdown'), turnover: of('turnover') };
  });
  const place = (own: number, all: readonly number[]): number =>
    1 + all.filter((other) => other < own).length;
  for (const each of ranking) {
    const own = means.find(({ name }) => name === each.strategy);
    if (own === undefined) throw new Error(`${each.strategy} was not tried.`);
    expect(each.sharpe).toBeCloseTo(own.sharpe, 10);
    const places = [
      place(
        -own.sharpe,
        means.map((other) => -other.sharpe),
      ),
      place(
        own.max_drawdown,
        means.map((other) => other.max_drawdown),
      ),
      place(
        own.turnover,
        means.map((other) => other.turnover),
      ),
    ];
    expect(each.score).toBeCloseTo(mean(places), 10);
  }
  expect(ranking.map((each) => each.score)).toEqual(
    ranking.map((each) => each.score).toSorted((a, b) => a - b),
  );
  expect(best).toBe(ranking[0]?.strategy);
}

function query<T extends z.ZodType>(database: string, shape: T, sql: string): Promise<z.output<T>[]> {
  return readOnly(database, (db) => rowsOf(db, shape, { sql }));
}
