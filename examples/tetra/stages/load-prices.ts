import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { defineStage, z } from 'sluice';
import { inMemory, quoted, rowsOf } from '../lib/duck.js';
import { DataError } from '../lib/data-error.js';
import { fromProject, replaceFile, shown } from '../lib/paths.js';

const columns = z.strictObject({
  date: z.string(),
  close: z.string(),
  open: z.string().optional(),
  high: z.string().optional(),
  low: z.string().optional(),
  volume: z.string().optional(),
  adjusted: z.string().optional(),
});

/** Copies one CSV file, untouched text, into a staging file with the same columns for every symbol. */
export const loadPrices = defineStage({
  name: 'load-prices',
  description: 'Reads a CSV file of prices into a staging file, every field still as text',
  params: z.strictObject({ symbol: z.string(), file: z.string(), columns, out_dir: z.string() }),
  output: z.object({ symbol: z.string(), staged: z.string(), rows: z.int(), unreadable: z.int() }),
  run: async ({ params, ctx }) => {
    const file = fromProject(params.file);
    await access(file).catch(() => {
      throw new DataError(
        `${params.symbol}: there is no file "${file}". Set \`data_dir\` to the folder that holds it.`,
      );
    });
    const staged = join(fromProject(params.out_dir), 'staging', `${params.symbol}.raw.parquet`);
    ctx.progress(0.2, `reading ${shown(file)}`);
    const counts = await inMemory(async (db) => {
      await readCsv(db, file);
      await renameColumns(db, params.columns);
      await replaceFile(staged, async (draft) => {
        await db.run('COPY staged TO $draft (FORMAT parquet)', { draft });
      });
      return countRows(db);
    });
    ctx.log.info(`${counts.rows} rows of ${params.symbol} from ${shown(file)}`);
    ctx.metrics.add('rows_loaded', counts.rows);
    ctx.progress(1, `${counts.rows} rows`);
    return { symbol: params.symbol, staged, ...counts };
  },
});

async function readCsv(db: DuckDBConnection, file: string): Promise<void> {
  // Lines with too few or too many fields land in DuckDB's table of rejects, to be counted, not lost.
  const source = 'read_csv($file, all_varchar = true, header = true, store_rejects = true)';
  await db.run(`CREATE TABLE source AS SELECT row_number() OVER () + 1 AS line, * FROM ${source}`, { file });
}

async function renameColumns(db: DuckDBConnection, names: z.output<typeof columns>): Promise<void> {
  const present = await rowsOf(db, z.object({ column_name: z.string() }), { sql: 'DESCRIBE source' });
  const known = present.map((column) => column.column_name);
  const select = columns.keyof().options.map((field) => {
    const name = names[field];
    if (name === undefined) return `NULL::VARCHAR AS ${field}`;
    if (known.includes(name)) return `${quoted(name)} AS ${field}`;
    throw new DataError(
      `The file has no column "${name}" for \`${field}\`. Columns here: ${known.slice(1).join(', ')}.`,
    );
  });
  // Lines are counted as in the file: a line that could not be read moves those after it down by one.
  await db.run(`
    CREATE TABLE staged AS
    WITH rejected AS (SELECT line, row_number() OVER (ORDER BY line) AS place FROM reject_errors GROUP BY line)
    SELECT line + (SELECT count(*) FROM rejected WHERE rejected.line - place < source.line) AS line, ${select.join(', ')}
    FROM source ORDER BY line`);
}

async function countRows(db: DuckDBConnection): Promise<{ rows: number; unreadable: number }> {
  const sql =
    'SELECT (SELECT count(*) FROM staged)::INT AS rows, (SELECT count(DISTINCT line) FROM reject_errors)::INT AS unreadable';
  const [counts] = await rowsOf(db, z.object({ rows: z.int(), unreadable: z.int() }), { sql });
  return counts ?? { rows: 0, unreadable: 0 };
}
