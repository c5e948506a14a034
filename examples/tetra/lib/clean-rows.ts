import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { z } from 'sluice';
import { inMemory, rowsOf } from './duck.js';
import { replaceFile } from './paths.js';

export const badRow = z.object({ line: z.int(), reason: z.string(), date: z.string().nullable() });

/** Where no period is asked for, rows without a readable date belong to it too. */
const [FIRST, LAST] = ['0001-01-01', '9999-12-31'];

const close = z.object({ day: z.string(), close: z.number() });

export type CleanRows = {
  readonly clean: string;
  readonly closes: ReadonlyArray<z.output<typeof close>>;
  readonly bad: number;
  readonly examples: ReadonlyArray<z.output<typeof badRow>>;
  /** Rows kept although their open or close lies outside their own high and low. */
  readonly odd: number;
};

export type CleaningRules = {
  readonly symbol: string;
  readonly staged: string;
  readonly folder: string;
  readonly date_format: string;
  readonly recent_days: number;
  readonly from: string | null;
  readonly until: string | null;
};

/** Parses a staging file; writes its good rows, oldest first, and the rejected ones with their reasons. */
export function cleanRows(rules: CleaningRules): Promise<CleanRows> {
  const { symbol, staged, folder, date_format, recent_days, from, until } = rules;
  const clean = join(folder, `${symbol}.clean.parquet`);
  return inMemory(async (db) => {
    await db.run(`CREATE MACRO number(field) AS TRY_CAST(replace(trim(field), ',', '') AS DOUBLE)`);
    await db.run(PARSE, { staged, date_format });
    await db.run(JUDGE, { date_format, recent_days, from: from ?? FIRST, until: until ?? LAST });
    await replaceFile(clean, async (draft) => {
      await db.run(`COPY (${GOOD_ROWS}) TO $draft (FORMAT parquet)`, { draft, symbol });
    });
    await replaceFile(join(folder, `${symbol}.rejected.csv`), async (draft) => {
      await db.run(
        'COPY (SELECT * FROM judged WHERE reason IS NOT NULL ORDER BY line) TO $draft (FORMAT csv)',
        { draft },
      );
    });
    return { clean, ...(await findings(db)) };
  });
}

// A column that the source does not have is empty throughout and takes the close; one gap in a column is a bad row.
const PARSE = `
  CREATE TABLE parsed AS
  WITH typed AS (
    SELECT line, date, try_strptime(trim(date), $date_format)::DATE AS day, number(close) AS close,
      number(open) AS open, number(high) AS high, number(low) AS low, number(volume) AS volume, number(adjusted) AS adjusted
    FROM read_parquet($staged)
  ), filled AS (
    SELECT count(open) > 0 AS open, count(high) > 0 AS high, count(low) > 0 AS low, count(adjusted) > 0 AS adjusted FROM typed
  )
  SELECT line, date, day, typed.close, volume,
    CASE WHEN filled.open THEN typed.open ELSE close END AS open,
    CASE WHEN filled.high THEN typed.high ELSE close END AS high,
    CASE WHEN filled.low THEN typed.low ELSE close END AS low,
    CASE WHEN filled.adjusted THEN typed.adjusted ELSE close END AS adjusted
  FROM typed, filled`;

const JUDGE = `
  CREATE TABLE judged AS
  SELECT *, CASE
    WHEN day IS NULL THEN 'the date \`' || coalesce(date, '') || '\` does not have the form ' || $date_format
    WHEN open IS NULL OR high IS NULL OR low IS NULL OR close IS NULL OR adjusted IS NULL THEN 'a price is missing or not a number'
    WHEN least(open, high, low, close, adjusted) <= 0 THEN 'a price is not above zero'
    WHEN high < low THEN 'the high is below the low'
    WHEN row_number() OVER (PARTITION BY day ORDER BY line) > 1 THEN 'the date ' || day || ' was given before'
    END AS reason
  FROM parsed
  WHERE ($recent_days = 0 OR day IS NULL OR day > (SELECT max(day) FROM parsed) - $recent_days::INT)
    AND coalesce(day >= $from::DATE AND day < $until::DATE, $from = '${FIRST}')`;

const GOOD_ROWS = `
  SELECT $symbol AS symbol, day, open, high, low, close, adjusted, volume
  FROM judged WHERE reason IS NULL ORDER BY day`;

async function findings(db: DuckDBConnection): Promise<Omit<CleanRows, 'clean'>> {
  const closes = await rowsOf(db, close, {
    sql: 'SELECT day::VARCHAR AS day, close FROM judged WHERE reason IS NULL ORDER BY day',
  });
  const examples = await rowsOf(db, badRow, {
    sql: 'SELECT line::INT AS line, reason, date FROM judged WHERE reason IS NOT NULL ORDER BY line LIMIT 5',
  });
  const [counts] = await rowsOf(db, z.object({ bad: z.int(), odd: z.int() }), {
    sql: `SELECT count(reason)::INT AS bad,
      count(*) FILTER (reason IS NULL AND (greatest(open, close) > high OR least(open, close) < low))::INT AS odd
      FROM judged`,
  });
  return { closes, examples, bad: counts?.bad ?? 0, odd: counts?.odd ?? 0 };
}
