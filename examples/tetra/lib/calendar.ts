import { getHolidays } from 'nyse-holidays';

export type Calendar = 'us_trading_days' | 'months';

export type CalendarGaps = {
  /** Days that should be there and are not. */
  readonly missing: readonly string[];
  /** Rows on days when the exchange is closed, such as the VIX of the extended hours. */
  readonly offCalendar: readonly string[];
  readonly expected: number;
};

const DAY_MS = 86_400_000;

/** Days on which the exchanges stayed shut although no holiday rule says so. */
const SPECIAL_CLOSURES: ReadonlySet<string> = new Set([
  '1994-04-27', // mourning for President Nixon
  '2001-09-11', // attacks of September 2001, four days
  '2001-09-12',
  '2001-09-13',
  '2001-09-14',
  '2004-06-11', // mourning for President Reagan
  '2007-01-02', // mourning for President Ford
  '2012-10-29', // hurricane Sandy, two days
  '2012-10-30',
  '2018-12-05', // mourning for President Bush
  '2025-01-09', // mourning for President Carter
]);

/** Compares ascending ISO dates with the calendar between the first and the last of them. */
export function calendarGaps(days: readonly string[], calendar: Calendar): CalendarGaps {
  const first = days[0];
  const last = days.at(-1);
  if (first === undefined || last === undefined) return { missing: [], offCalendar: [], expected: 0 };
  const expected = calendar === 'months' ? monthsBetween(first, last) : tradingDaysBetween(first, last);
  const wanted = new Set(expected);
  const present = new Set(days);
  return {
    missing: expected.filter((day) => !present.has(day)),
    offCalendar: days.filter((day) => !wanted.has(day)),
    expected: expected.length,
  };
}

function tradingDaysBetween(first: string, last: string): string[] {
  const years = Array.from({ length: yearOf(last) - yearOf(first) + 1 }, (_, index) => yearOf(first) + index);
  const holidays = new Set(years.flatMap((year) => getHolidays(year).map((holiday) => holiday.dateString)));
  return datesBetween(first, last).filter((day) => {
    const weekday = new Date(day).getUTCDay();
    return weekday !== 0 && weekday !== 6 && !holidays.has(day) && !SPECIAL_CLOSURES.has(day);
  });
}

function monthsBetween(first: string, last: string): string[] {
  return datesBetween(first, last).filter((day) => day.endsWith('-01'));
}

function datesBetween(first: string, last: string): string[] {
  const start = Date.parse(first);
  const count = Math.round((Date.parse(last) - start) / DAY_MS) + 1;
  return Array.from({ length: count }, (_, index) =>
    new Date(start + index * DAY_MS).toISOString().slice(0, 10),
  );
}

function yearOf(day: string): number {
  return Number(day.slice(0, 4));
}
