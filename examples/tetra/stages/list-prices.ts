import { defineStage, z } from 'sluice';
import { readOnly, rowsOf } from '../lib/duck.js';

const series = z.object({ symbol: z.string(), rows: z.int(), last: z.string() });

/** What the database of prices holds. Throws when it cannot be read, which makes it a check for `sluice health`. */
export const listPrices = defineStage({
  name: 'list-prices',
  description: 'Says which prices are in the database',
  params: z.strictObject({ database: z.string() }),
  output: z.object({ series: z.array(series).min(1) }),
  run: async ({ params }) => {
    const sql = `SELECT symbol, count(*)::INT AS rows, max(day)::VARCHAR AS last FROM prices
      GROUP BY symbol ORDER BY symbol`;
    return { series: await readOnly(params.database, (db) => rowsOf(db, series, { sql })) };
  },
});
