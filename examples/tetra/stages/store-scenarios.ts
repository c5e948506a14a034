import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { defineStage, z } from 'sluice';
import { readWrite, rowsOf } from '../lib/duck.js';
import { fromProject, replaceFile, shown } from '../lib/paths.js';
import { insertRows } from '../lib/insert-rows.js';
import { builtScenario } from './build-scenario.js';
import { simulateScenarios } from './simulate-scenarios.js';

/** Puts all scenarios into one database, in place of the one before. */
export const storeScenarios = defineStage({
  name: 'store-scenarios',
  description: 'Writes definitions and prices of all scenarios into a DuckDB database',
  params: z.strictObject({
    scenarios: z.array(builtScenario).min(1),
    futures: z.array(simulateScenarios.output),
    out_dir: z.string(),
  }),
  output: z.object({
    database: z.string(),
    scenarios: z.int(),
    rows: z.int(),
    /** Equal prices have equal fingerprints; what is made of them can be reused. */
    fingerprint: z.string(),
    series: z.int(),
  }),
  run: async ({ params, ctx }) => {
    const database = join(fromProject(params.out_dir), 'scenarios.duckdb');
    const scenarios = params.scenarios.filter((each) => each.series.length > 0);
    const series = scenarios.reduce((sum, each) => sum + each.series.length, 0);
    let found = { rows: 0, fingerprint: '' };
    await replaceFile(database, async (draft) => {
      found = await readWrite(draft, async (db) => {
        await db.run(TABLES);
        await insertRows(
          db,
          'scenarios',
          scenarios.map(({ scenario, kind, name, seed }) => ({ scenario, kind, name, seed })),
        );
        for (const [index, { file, name }] of scenarios.entries()) {
          await db.run('INSERT INTO prices SELECT * FROM read_parquet($file)', { file });
          ctx.progress((index + 1) / scenarios.length, name);
        }
        await insertFutures(db, params.futures);
        const [summary] = await rowsOf(db, z.object({ rows: z.int(), fingerprint: z.string() }), {
          sql: SUMMARY,
        });
        return summary ?? found;
      });
    });
    ctx.log.info(`${found.rows} days of ${scenarios.length} scenarios in ${shown(database)}`);
    ctx.metrics.add('scenarios', scenarios.length);
    return { database, scenarios: scenarios.length, ...found, series };
  },
});

async function insertFutures(
  db: DuckDBConnection,
  futures: ReadonlyArray<z.output<typeof simulateScenarios.output>>,
): Promise<void> {
  await insertRows(
    db,
    'futures',
    futures.map(({ symbol, paths, horizon, p5, median, p95, chance_of_loss, median_drawdown }) => ({
      symbol,
      paths,
      horizon,
      p5,
      median,
      p95,
      chance_of_loss,
      median_drawdown,
    })),
  );
  for (const { symbol, file } of futures) {
    await db.run('INSERT INTO bands BY NAME SELECT $symbol AS symbol, * FROM read_parquet($file)', {
      symbol,
      file,
    });
  }
}

const TABLES = `
  CREATE TABLE scenarios (scenario VARCHAR PRIMARY KEY, kind VARCHAR, name VARCHAR, seed BIGINT);
  CREATE TABLE prices (
    scenario VARCHAR, symbol VARCHAR, day VARCHAR, open DOUBLE, high DOUBLE, low DOUBLE, close DOUBLE,
    PRIMARY KEY (scenario, symbol, day)
  );
  CREATE TABLE futures (symbol VARCHAR PRIMARY KEY, paths INTEGER, horizon INTEGER, p5 DOUBLE, median DOUBLE, p95 DOUBLE,
    chance_of_loss DOUBLE, median_drawdown DOUBLE);
  CREATE TABLE bands (symbol VARCHAR, day VARCHAR, p5 DOUBLE, p25 DOUBLE, p50 DOUBLE, p75 DOUBLE, p95 DOUBLE,
    PRIMARY KEY (symbol, day));
  CREATE VIEW series AS SELECT DISTINCT scenario, kind, symbol FROM prices JOIN scenarios USING (scenario);
  CREATE VIEW contents AS SELECT count(*)::INT AS rows, bit_xor(hash(prices))::VARCHAR AS fingerprint FROM prices`;

const SUMMARY = 'SELECT rows, fingerprint FROM contents';
