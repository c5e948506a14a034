import { DateTime } from 'luxon';
import type { SchedulePlan } from '../../engine/schedule-plan.js';
import { isMarket, MARKETS } from '../../definition/schedules/markets.js';
import { holidaysOf, marketHolidays } from './holidays.js';

/** The days on which a schedule starts nothing, on the clock of its zone. */
export type ClosedDays = {
  /** Reasons by weekday; 0 is Sunday. */
  readonly weekly: ReadonlyMap<number, string>;
  /** Reasons by `MM-DD`. */
  readonly yearly: ReadonlyMap<string, string>;
  /** Reasons by `YYYY-MM-DD`. */
  readonly dates: ReadonlyMap<string, string>;
  /** Holidays are known up to the end of this day; null where none are skipped. */
  readonly until: string | null;
};

/** Years after this one for which holidays and changes of the clock are told to the server. */
const YEARS_AHEAD = 3;

/** The last year up to which things are computed ahead. */
export function lastYear(now: Date): number {
  return now.getUTCFullYear() + YEARS_AHEAD;
}

/**
 * Computes them for this year and the three after it: a server cannot be told a rule. Throws `holidays_unknown` for a
 * country or region without holidays, and where the package that knows them is not installed.
 */
export async function closedDays({ skip, timezone }: SchedulePlan, now: Date): Promise<ClosedDays> {
  const weekly = new Map<number, string>();
  const yearly = new Map<string, string>();
  const dates = new Map<string, string>();
  if (skip === null) return { weekly, yearly, dates, until: null };
  const first = DateTime.fromJSDate(now, { zone: timezone }).year;
  const years = Array.from({ length: lastYear(now) - first + 1 }, (_, i) => first + i);
  for (const place of skip.holidays) await addAll(dates, holidaysOf(place, years));
  for (const market of skip.markets.filter(isMarket)) {
    await addAll(dates, marketHolidays(market, years));
    for (const day of [0, 6]) weekly.set(day, `weekend of ${MARKETS[market]}`);
  }
  for (const { from, to } of skip.dates) {
    const days = from.length === 5 ? yearly : dates;
    for (const day of daysBetween(from, to)) days.set(day, 'left out by the definition');
  }
  const isComputed = skip.holidays.length + skip.markets.length > 0;
  return { weekly, yearly, dates, until: isComputed ? `${lastYear(now)}-12-31` : null };
}

/** Why nothing starts on a day, given as `YYYY-MM-DD`; null when something does. */
export function closedReason(days: ClosedDays, date: string): string | null {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return days.dates.get(date) ?? days.yearly.get(date.slice(5)) ?? days.weekly.get(weekday) ?? null;
}

async function addAll(
  dates: Map<string, string>,
  found: Promise<ReadonlyMap<string, string>>,
): Promise<void> {
  for (const [day, name] of await found) if (!dates.has(day)) dates.set(day, name);
}

/** Both included, as they are written. */
function daysBetween(from: string, to: string): readonly string[] {
  const isYearly = from.length === 5;
  // 2024 has a 29th of February.
  const read = (day: string): DateTime => DateTime.fromISO(isYearly ? `2024-${day}` : day, { zone: 'UTC' });
  const days: string[] = [];
  for (let day = read(from); day <= read(to); day = day.plus({ days: 1 })) {
    days.push(day.toFormat(isYearly ? 'MM-dd' : 'yyyy-MM-dd'));
  }
  return days;
}
