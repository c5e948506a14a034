import { readOnly, rowsOf } from '../duck.js';
import type { IndicatorRow } from '../indicator-row.js';
import { indicatorRow } from '../indicator-row.js';

/** The indicators of one symbol in a scenario, oldest day first. */
export function readIndicators(
  database: string,
  pair: { readonly scenario: string; readonly symbol: string },
): Promise<IndicatorRow[]> {
  const sql = `SELECT * EXCLUDE (scenario, kind, symbol) FROM indicators
    WHERE scenario = $scenario AND symbol = $symbol ORDER BY day`;
  const { scenario, symbol } = pair;
  return readOnly(database, (db) => rowsOf(db, indicatorRow, { sql, values: { scenario, symbol } }));
}
