import { z } from 'sluice';
import { readOnly, rowsOf } from '../duck.js';

const future = z.object({ symbol: z.string(), paths: z.int(), chance_of_loss: z.number() });
const band = z.object({ p5: z.number(), p25: z.number(), p50: z.number(), p75: z.number(), p95: z.number() });

export type Future = z.output<typeof future> & { readonly bands: ReadonlyArray<z.output<typeof band>> };

/** The simulated years of every symbol, with the bands that their paths lie in. */
export function readFutures(database: string): Promise<Future[]> {
  return readOnly(database, async (db) => {
    const futures = await rowsOf(db, future, { sql: 'SELECT * FROM futures ORDER BY symbol' });
    const found: Future[] = [];
    for (const each of futures) {
      const sql = 'SELECT p5, p25, p50, p75, p95 FROM bands WHERE symbol = $symbol ORDER BY day';
      found.push({ ...each, bands: await rowsOf(db, band, { sql, values: { symbol: each.symbol } }) });
    }
    return found;
  });
}
