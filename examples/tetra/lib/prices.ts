import { z } from 'sluice';
import { readOnly, rowsOf } from './duck.js';

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

/** All days of a symbol in the database, oldest first. */
export function readPrices(database: string, symbol: string): Promise<PriceBar[]> {
  const sql =
    'SELECT * EXCLUDE (symbol) REPLACE (day::VARCHAR AS day) FROM prices WHERE symbol = $symbol ORDER BY day';
  return readOnly(database, (db) => rowsOf(db, bar, { sql, values: { symbol } }));
}
