import { cronParser } from './libraries.js';

/** A cron expression as the times of the clock that it matches. */
export type CronTimes = {
  readonly text: string;
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** The hour is `*`: it follows the time that passes, not the clock, when the clock is changed. */
  readonly isEveryHour: boolean;
  readonly daysOfMonth: readonly number[];
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly daysOfWeek: readonly number[];
  /** Both days are restricted: a day that fits either of them matches, as everywhere but in Temporal's own cron. */
  readonly isEitherDay: boolean;
};

const ALIASES = ['@hourly', '@daily', '@midnight', '@weekly', '@monthly', '@yearly', '@annually'] as const;

/** Characters of dialects that not everybody reads alike. */
const DIALECT = /[LWH?]/i;
const NAMES = /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)\b/gi;

/** Reads a cron expression, or says what is wrong with it in words that follow its text. */
export function parseCron(given: string): CronTimes | { readonly fault: string } {
  const text = given.trim().replaceAll(/\s+/g, ' ');
  const fault = faultOf(text);
  if (fault !== null) return { fault };
  try {
    const { CronExpressionParser } = cronParser();
    const { minute, hour, dayOfMonth, month, dayOfWeek } = CronExpressionParser.parse(text, {
      tz: 'UTC',
    }).fields;
    const nth = dayOfWeek.nthDay;
    if (nth > 0 && !dayOfMonth.isWildcard) return { fault: 'gives both a day of the month and a "#"' };
    const daysOfMonth = nth > 0 ? week(nth) : numbers(dayOfMonth.values);
    return {
      text,
      minutes: numbers(minute.values),
      hours: numbers(hour.values),
      isEveryHour: hour.isWildcard,
      daysOfMonth,
      months: numbers(month.values),
      daysOfWeek: [...new Set(numbers(dayOfWeek.values).map((day) => day % 7))].sort((a, b) => a - b),
      isEitherDay: nth === 0 && !dayOfMonth.isWildcard && !dayOfWeek.isWildcard,
    };
  } catch (error) {
    return { fault: `cannot be read: ${wordsOf(error)}` };
  }
}

function faultOf(text: string): string | null {
  if (text.startsWith('@')) {
    if ((ALIASES as readonly string[]).includes(text)) return null;
    return `is not one of ${ALIASES.join(', ')}`;
  }
  const fields = text === '' ? 0 : text.split(' ').length;
  if (fields !== 5) {
    return `has ${fields === 1 ? '1 field' : `${fields} fields`}; it must have 5: minute, hour, day of month, month, day of week`;
  }
  const special = DIALECT.exec(text.replaceAll(NAMES, ''));
  if (special === null) return null;
  return `holds "${special[0]}", which is not supported; use numbers, names, "*", ",", "-", "/" and, for the first Monday, "1#1"`;
}

/** The days of a month among which the nth of each weekday is. */
function week(nth: number): readonly number[] {
  const first = (nth - 1) * 7 + 1;
  return Array.from({ length: Math.min(7, 31 - first + 1) }, (_, i) => first + i);
}

function numbers(values: readonly (number | string)[]): readonly number[] {
  return values.map(Number);
}

function wordsOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const words = text.replace(/^(?:Constraint error|Validation error), /, '');
  return words.charAt(0).toLowerCase() + words.slice(1);
}
