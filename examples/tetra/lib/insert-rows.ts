import type { DuckDBConnection } from '@duckdb/node-api';
import { quoted } from './duck.js';

type Row = Readonly<Record<string, string | number | null>>;

/** Inserts a few rows, column by name. Rows by the thousand come from Parquet files instead. */
export async function insertRows(db: DuckDBConnection, table: string, rows: readonly Row[]): Promise<void> {
  const names = Object.keys(rows[0] ?? {});
  if (names.length === 0) return;
  const columns = names.map(quoted).join(', ');
  const places = names.map((_, index) => `$v${index}`).join(', ');
  const insert = await db.prepare(`INSERT INTO ${quoted(table)} (${columns}) VALUES (${places})`);
  for (const row of rows) {
    insert.bind(Object.fromEntries(names.map((name, index) => [`v${index}`, row[name] ?? null])));
    await insert.run();
  }
}
