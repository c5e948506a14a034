import type { QuietHours } from './alert-rule.js';

const MINUTE = 60_000;
const DAY = 1_440;

/** When the quiet hours end that an instant lies in; null when it lies in none. Follows the clocks of the time zone. */
export function quietUntil(hours: QuietHours, at: number): number | null {
  const clock = clockOf(hours.timezone);
  const minute = minuteOfDay(clock, at);
  if (!isBetween(minute, hours.from, hours.to)) return null;
  const start = at - (at % MINUTE);
  const end = start + ((hours.to - minute + DAY) % DAY || DAY) * MINUTE;
  // Where clocks were changed in between, they show something else than `to`.
  const off = (minuteOfDay(clock, end) - hours.to + DAY + DAY / 2) % DAY;
  return Math.max(end - (off - DAY / 2) * MINUTE, start + MINUTE);
}

function isBetween(minute: number, from: number, to: number): boolean {
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** Throws a RangeError for a time zone that does not exist. */
export function clockOf(timezone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
}

function minuteOfDay(clock: Intl.DateTimeFormat, at: number): number {
  const parts = clock.formatToParts(at);
  const value = (type: 'hour' | 'minute'): number =>
    Number(parts.find((part) => part.type === type)?.value ?? 0);
  return value('hour') * 60 + value('minute');
}
