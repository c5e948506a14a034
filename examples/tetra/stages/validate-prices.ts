import { join } from 'node:path';
import { defineStage, z } from 'sluice';
import { calendarGaps } from '../lib/calendar.js';
import type { CleanRows } from '../lib/clean-rows.js';
import { badRow, cleanRows } from '../lib/clean-rows.js';
import { DataError } from '../lib/data-error.js';
import { findJumps } from '../lib/jumps.js';
import { fromProject } from '../lib/paths.js';

/** What is known about the quality of one symbol; the gate and the report read it. */
export const quality = z.object({
  symbol: z.string(),
  clean: z.string(),
  rows: z.int(),
  first: z.string(),
  last: z.string(),
  bad_rows: z.int(),
  bad_share: z.number(),
  bad_examples: z.array(badRow),
  odd_rows: z.int(),
  missing_days: z.int(),
  missing_share: z.number(),
  missing_examples: z.array(z.string()),
  off_calendar_days: z.int(),
  jumps: z.array(z.object({ day: z.string(), change: z.number(), split: z.string().nullable() })),
  splits: z.int(),
});

export type Quality = z.output<typeof quality>;

const params = z.strictObject({
  source: z.object({ symbol: z.string(), staged: z.string(), unreadable: z.int() }),
  date_format: z.string().default('%Y-%m-%d'),
  calendar: z.enum(['us_trading_days', 'months']).default('us_trading_days'),
  /** Only days from the one on up to the other, which no longer belongs to it. */
  period: z
    .object({ from: z.iso.datetime().nullable(), until: z.iso.datetime().nullable() })
    .default({ from: null, until: null }),
  /** Only the last so many calendar days; 0 keeps all. */
  recent_days: z.int().min(0).default(0),
  /** A change of the close beyond this share is reported; 0.25 is 25 percent. */
  max_jump: z.number().positive().default(0.25),
  /** Fail when a larger share of the rows is bad. Leave it out where a gate decides. */
  max_bad_share: z.number().min(0).max(1).default(1),
  out_dir: z.string(),
});

/** Sorts rows into good and bad ones, and counts what a chart would hide: missing days, jumps, splits. */
export const validatePrices = defineStage({
  name: 'validate-prices',
  description: 'Parses the staged text, sets bad rows aside, looks for missing days, jumps and splits',
  params,
  output: quality,
  run: async ({ params: given, ctx }) => {
    const { symbol, staged, unreadable } = given.source;
    const folder = join(fromProject(given.out_dir), 'staging');
    ctx.progress(0.1, 'parsing rows');
    const { from, until } = given.period;
    const found = await cleanRows({ ...given, from, until, symbol, staged, folder });
    for (const row of found.examples) ctx.log.warn(`${symbol} line ${row.line}: ${row.reason}`);
    ctx.progress(0.7, 'looking for missing days and jumps');
    const result = judge(found, { ...given, symbol, unreadable });
    ctx.metrics.add('bad_rows', result.bad_rows);
    ctx.metrics.add('missing_days', result.missing_days);
    ctx.log.info(`${symbol}: ${summary(result)}`);
    ctx.progress(1, summary(result));
    return result;
  },
});

type Rules = z.output<typeof params> & { readonly symbol: string; readonly unreadable: number };

function judge(found: CleanRows, rules: Rules): Quality {
  const days = found.closes.map((row) => row.day);
  const day = rules.period.from?.slice(0, 10);
  const [first, last] = [days[0] ?? day, days.at(-1) ?? day]; // a period without trading has no rows
  const bad = found.bad + (day === undefined ? rules.unreadable : 0);
  const badShare = bad / Math.max(1, days.length + bad);
  if (first === undefined || last === undefined) {
    throw new DataError(
      `${rules.symbol}: no row of ${bad} can be used. First reason: ${found.examples[0]?.reason ?? 'empty file'}.`,
    );
  }
  if (badShare > rules.max_bad_share) {
    const limit = `\`max_bad_share\` is ${rules.max_bad_share}`;
    throw new DataError(
      `${rules.symbol}: ${bad} of ${days.length + bad} rows are bad, ${limit}. First reason: ${found.examples[0]?.reason ?? 'unreadable line'}.`,
    );
  }
  const gaps = calendarGaps(days, rules.calendar);
  const jumps = findJumps(found.closes, rules.max_jump);
  return {
    symbol: rules.symbol,
    clean: found.clean,
    rows: days.length,
    first,
    last,
    bad_rows: bad,
    bad_share: badShare,
    bad_examples: [...found.examples],
    odd_rows: found.odd,
    missing_days: gaps.missing.length,
    missing_share: gaps.missing.length / Math.max(1, gaps.expected),
    missing_examples: gaps.missing.slice(0, 20),
    off_calendar_days: gaps.offCalendar.length,
    jumps: jumps.slice(0, 50),
    splits: jumps.filter((jump) => jump.split !== null).length,
  };
}

function summary(result: Quality): string {
  const { rows, bad_rows: bad, missing_days: missing, splits } = result;
  return `${rows} days, ${bad} bad rows, ${missing} days missing, ${splits} splits`;
}
