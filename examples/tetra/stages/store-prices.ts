import { copyFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { defineStage, z } from 'sluice';
import { readWrite, rowsOf } from '../lib/duck.js';
import { fromProject, replaceFile, shown } from '../lib/paths.js';

const stored = z.object({ symbol: z.string(), rows: z.int(), first: z.string(), last: z.string() });

/**
 * Adds or replaces days in the DuckDB file, by symbol and day, so running it twice changes nothing. It works on a copy
 * that takes the old file's place at the end: readers never wait, and a crash leaves the old file as it was.
 */
export const storePrices = defineStage({
  name: 'store-prices',
  description: 'Merges the clean rows of all symbols into the DuckDB database',
  params: z.strictObject({
    sets: z.array(z.object({ symbol: z.string(), clean: z.string() })).min(1),
    out_dir: z.string(),
  }),
  output: z.object({ database: z.string(), rows: z.int(), symbols: z.array(stored) }),
  run: async ({ params, ctx }) => {
    const database = join(fromProject(params.out_dir), 'tetra.duckdb');
    let symbols: z.output<typeof stored>[] = [];
    await replaceFile(database, async (draft) => {
      if (existsSync(database)) await copyFile(database, draft);
      symbols = await readWrite(draft, async (db) => {
        await db.run(TABLE);
        for (const [index, set] of params.sets.entries()) {
          await merge(db, set);
          ctx.progress((index + 1) / params.sets.length, `${set.symbol} stored`);
        }
        return rowsOf(db, stored, { sql: SUMMARY });
      });
    });
    const rows = symbols.reduce((sum, each) => sum + each.rows, 0);
    ctx.log.info(`${rows} rows of ${symbols.length} symbols in ${shown(database)}`);
    ctx.metrics.add('rows_stored', rows);
    return { database, rows, symbols };
  },
});

async function merge(
  db: DuckDBConnection,
  set: { readonly symbol: string; readonly clean: string },
): Promise<void> {
  await db.run('INSERT OR REPLACE INTO prices SELECT * FROM read_parquet($clean)', { clean: set.clean });
}

const TABLE = `
  CREATE TABLE IF NOT EXISTS prices (
    symbol VARCHAR, day DATE, open DOUBLE, high DOUBLE, low DOUBLE, close DOUBLE, adjusted DOUBLE, volume DOUBLE,
    PRIMARY KEY (symbol, day)
  )`;

const SUMMARY = `
  SELECT symbol, count(*)::INT AS rows, min(day)::VARCHAR AS first, max(day)::VARCHAR AS last
  FROM prices GROUP BY symbol ORDER BY symbol`;
