import type { CalendarSpec, DayOfWeek, Month, ScheduleSpec } from '@temporalio/client';
import type { CronTimes } from '../../definition/schedules/parse-cron.js';
import type { ClosedDays } from './closed-days.js';
import type { ScheduleTimes } from './schedule-times.js';

const MONTHS: readonly Month[] = [
  'JANUARY',
  'FEBRUARY',
  'MARCH',
  'APRIL',
  'MAY',
  'JUNE',
  'JULY',
  'AUGUST',
  'SEPTEMBER',
  'OCTOBER',
  'NOVEMBER',
  'DECEMBER',
];
const WEEKDAYS: readonly DayOfWeek[] = [
  'SUNDAY',
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
];

/** All times of a day, on the days that the rest says. */
const WHOLE_DAY = { second: '*', minute: '*', hour: '*' } as const;

/** What the server is told about the times of a schedule. */
export function scheduleSpec({ schedule, crons, closed, corrections }: ScheduleTimes): ScheduleSpec {
  const { every, start, end, jitter_ms, timezone } = schedule;
  return {
    calendars: crons.flatMap(calendars),
    intervals: [
      ...(every === null ? [] : [{ every: every.every_ms, offset: every.offset_ms }]),
      // Its first multiple is the instant itself, the second one generations away.
      ...corrections.extra.map((instant) => ({ every: instant, offset: 0 })),
    ],
    skip: [...corrections.excluded.map(clockTime), ...closedCalendars(closed)],
    ...(start === null ? {} : { startAt: new Date(start) }),
    ...(end === null ? {} : { endAt: new Date(end) }),
    ...(jitter_ms === 0 ? {} : { jitter: jitter_ms }),
    timezone,
  };
}

/** Where both days are restricted, two calendars: in one, both have to fit. */
function calendars(cron: CronTimes): readonly CalendarSpec[] {
  const rest = {
    minute: some(cron.minutes, 60),
    hour: some(cron.hours, 24),
    month: some(cron.months.map(month), 12),
    comment: cron.text,
  };
  const dayOfMonth = some(cron.daysOfMonth, 31);
  const dayOfWeek = some(cron.daysOfWeek.map(weekday), 7);
  if (!cron.isEitherDay) return [{ ...rest, dayOfMonth, dayOfWeek }];
  return [
    { ...rest, dayOfMonth },
    { ...rest, dayOfWeek },
  ];
}

/** Values of a field, shorter where they are all that there are. */
function some<T>(values: readonly T[], all: number): T[] | '*' {
  return values.length === all ? '*' : [...values];
}

function clockTime(millis: number): CalendarSpec {
  const clock = new Date(millis);
  return {
    minute: clock.getUTCMinutes(),
    hour: clock.getUTCHours(),
    dayOfMonth: clock.getUTCDate(),
    month: month(clock.getUTCMonth() + 1),
    year: clock.getUTCFullYear(),
    comment: 'comes twice',
  };
}

/** One calendar for the days of a month. */
function closedCalendars({ weekly, yearly, dates }: ClosedDays): readonly CalendarSpec[] {
  const inMonths = new Map<string, { days: number[]; reasons: Set<string> }>();
  for (const [day, reason] of [...dates, ...yearly].toSorted(([a], [b]) => a.localeCompare(b))) {
    const key = day.slice(0, -3);
    const known = inMonths.get(key) ?? { days: [], reasons: new Set() };
    known.days.push(Number(day.slice(-2)));
    known.reasons.add(reason);
    inMonths.set(key, known);
  }
  const months = [...inMonths].map(([key, { days, reasons }]) => ({
    ...WHOLE_DAY,
    ...(key.length > 2 ? { year: Number(key.slice(0, 4)) } : {}),
    month: month(Number(key.slice(-2))),
    dayOfMonth: days,
    comment: [...reasons].join(', '),
  }));
  const weekdays = [...weekly].map(([day, reason]) => ({
    ...WHOLE_DAY,
    dayOfWeek: weekday(day),
    comment: reason,
  }));
  return [...months, ...weekdays];
}

function month(number: number): Month {
  return MONTHS[number - 1] ?? 'JANUARY';
}

function weekday(number: number): DayOfWeek {
  return WEEKDAYS[number % 7] ?? 'SUNDAY';
}
