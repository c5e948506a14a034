import type { z } from 'sluice';
import { inMemory, quoted, rowsOf } from './duck.js';
import { replaceFile } from './paths.js';

export type SeriesRow = { readonly day: string } & Readonly<Record<string, number | string | null>>;

/**
 * Writes rows of a `day`, names and numbers as a Parquet file: stages hand over the path, not the rows. A column holds
 * text when it does in the first row, otherwise numbers.
 */
export async function writeSeries(path: string, rows: readonly SeriesRow[]): Promise<void> {
  const columns = Object.entries(rows[0] ?? { day: '' }).map(([name, value]) => ({
    name,
    type: typeof value === 'string' ? 'VARCHAR' : 'DOUBLE',
  }));
  await inMemory(async (db) => {
    await db.run(
      `CREATE TABLE series (${columns.map(({ name, type }) => `${quoted(name)} ${type}`).join(', ')})`,
    );
    const appender = await db.createAppender('series');
    for (const row of rows) {
      for (const { name } of columns) {
        const value = row[name];
        if (typeof value === 'number') appender.appendDouble(value);
        else if (typeof value === 'string') appender.appendVarchar(value);
        else appender.appendNull();
      }
      appender.endRow();
    }
    appender.closeSync();
    await replaceFile(path, async (draft) => {
      await db.run('COPY series TO $draft (FORMAT parquet)', { draft });
    });
  });
}

/** Reads what {@link writeSeries} wrote, checked against the shape that the reader expects. */
export function readSeries<T extends z.ZodType>(path: string, shape: T): Promise<z.output<T>[]> {
  return inMemory((db) =>
    rowsOf(db, shape, { sql: 'SELECT * FROM read_parquet($path) ORDER BY day', values: { path } }),
  );
}
