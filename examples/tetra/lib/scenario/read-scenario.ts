import { z } from 'sluice';
import { readOnly, rowsOf } from '../duck.js';
import type { Bar } from '../indicators.js';
import { scenarioKind } from './scenario-spec.js';

/** One symbol in one scenario: what metrics and back-tests run over. */
export const scenarioPair = z.object({ scenario: z.string(), kind: scenarioKind, symbol: z.string() });

const bar = z.object({
  day: z.string(),
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
});

/** The prices of one symbol in a scenario, oldest first. */
export function readScenario(
  database: string,
  pair: { readonly scenario: string; readonly symbol: string },
): Promise<Bar[]> {
  const sql =
    'SELECT day, open, high, low, close FROM prices WHERE scenario = $scenario AND symbol = $symbol ORDER BY day';
  const { scenario, symbol } = pair;
  return readOnly(database, (db) => rowsOf(db, bar, { sql, values: { scenario, symbol } }));
}
