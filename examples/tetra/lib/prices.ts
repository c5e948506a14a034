import { stat } from 'node:fs/promises';
import { memoize, z } from 'sluice';
import { readOnly, rowsOf } from './duck.js';
import { fromProject } from './paths.js';

const bar = z.object({
  day: z.string(),
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  /** The close with dividends and splits worked in, where the source has it; otherwise the close. */
  adjusted: z.number(),
  volume: z.number().nullable(),
});

export type PriceBar = z.output<typeof bar>;

/** All days of a symbol in the database, oldest first. A worker remembers them until the file changes. */
export async function readPrices(database: string, symbol: string): Promise<readonly PriceBar[]> {
  const file = fromProject(database);
  const { mtimeMs, ino } = await stat(file);
  return pricesOf({ file, symbol, version: `${ino} ${mtimeMs}` });
}

type Series = { readonly file: string; readonly symbol: string; readonly version: string };

const pricesOf = memoize(
  ({ file, symbol }: Series) => {
    const sql =
      'SELECT * EXCLUDE (symbol) REPLACE (day::VARCHAR AS day) FROM prices WHERE symbol = $symbol ORDER BY day';
    return readOnly(file, (db) => rowsOf(db, bar, { sql, values: { symbol } }));
  },
  { max: 20 },
);
