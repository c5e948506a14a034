import type { z } from 'sluice';
import { inMemory, quoted, rowsOf } from './duck.js';
import { replaceFile } from './paths.js';

export type SeriesRow = { readonly day: string } & Readonly<Record<string, number | string | null>>;

/** Writes rows of one `day` and numbers as a Parquet file: stages hand over the path, not the rows. */
export async function writeSeries(path: string, rows: readonly SeriesRow[]): Promise<void> {
  const names = Object.keys(rows[0] ?? { day: '' }).filter((name) => name !== 'day');
  await inMemory(async (db) => {
    await db.run(
      `CREATE TABLE series (day VARCHAR${names.map((name) => `, ${quoted(name)} DOUBLE`).join('')})`,
    );
    const appender = await db.createAppender('series');
    for (const row of rows) {
      appender.appendVarchar(row.day);
      for (const name of names) {
        const value = row[name];
        if (typeof value === 'number') appender.appendDouble(value);
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
