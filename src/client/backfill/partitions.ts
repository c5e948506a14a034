import { DateTime, type DurationLike, IANAZone } from 'luxon';
import { ClientError } from '../client-error.js';
import type { Partition } from '../../shared/partition.js';

export type PartitionRange = {
  /** A year, month, week, day, or an instant, in ISO 8601. */
  readonly from: string;
  /** The same; a year, month, week or day belongs to the range, an instant ends it. */
  readonly to: string;
  /** A number and `min`, `h`, `d`, `w`, `mo` or `y`. */
  readonly step: string;
  /** An IANA name. */
  readonly timezone: string;
};

export type Window = Omit<Partition, 'index'>;

/** Each is a run of its own and a row of the table. */
const MOST_PARTITIONS = 20_000;

const UNITS = { min: 'minutes', h: 'hours', d: 'days', w: 'weeks', mo: 'months', y: 'years' } as const;

type Unit = keyof typeof UNITS;
type Step = { readonly count: number; readonly unit: Unit };

/**
 * Cuts a range into windows by the calendar of its time zone: a day is as long as the clocks there make it, a month as
 * long as it is. The last one ends with the range. Throws `invalid_range`.
 */
export function cutRange(range: PartitionRange): readonly Window[] {
  const { timezone } = range;
  if (!IANAZone.isValidZone(timezone)) {
    throw invalid(`"${timezone}" is no time zone.`, 'Use an IANA name, such as UTC or America/New_York.');
  }
  const step = readStep(range.step);
  const from = readTime(range.from, timezone, 'from').start;
  const to = readTime(range.to, timezone, 'to').end;
  if (to <= from)
    throw invalid(`The range from ${range.from} to ${range.to} is empty.`, 'Let it end after it starts.');
  const windows: Window[] = [];
  for (let i = 0; ; i += 1) {
    // From the start each time, because a month later than 31 January is 28 February, and two are 31 March.
    const start = from.plus(lengthOf(step, i));
    if (start >= to) return windows;
    if (windows.length === MOST_PARTITIONS) {
      throw invalid(
        `The range from ${range.from} to ${range.to} has more than ${MOST_PARTITIONS} steps of ${range.step}.`,
        'Take longer steps, or several backfills.',
      );
    }
    const next = from.plus(lengthOf(step, i + 1));
    const end = next < to ? next : to;
    windows.push({ start: iso(start), end: iso(end), key: keyOf(start, end, step) });
  }
}

function readStep(text: string): Step {
  const [, count = '', unit = ''] = /^(\d{1,6})(min|h|d|w|mo|y)$/.exec(text) ?? [];
  if (unit === '' || Number(count) === 0) {
    throw invalid(`"${text}" is no step.`, 'Give a number and a unit: 1d, 1w, 1mo, 1y, 6h or 30min.');
  }
  return { count: Number(count), unit: unit as Unit };
}

function lengthOf({ count, unit }: Step, times: number): DurationLike {
  return { [UNITS[unit]]: count * times };
}

/** What a text without a time of day spans. */
const SPANS: ReadonlyArray<readonly [RegExp, DurationLike]> = [
  [/^\d{4}$/, { years: 1 }],
  [/^\d{4}-\d{2}$/, { months: 1 }],
  [/^\d{4}-W\d{2}$/, { weeks: 1 }],
  [/^\d{4}-\d{2}-\d{2}$/, { days: 1 }],
];

function readTime(
  text: string,
  zone: string,
  option: string,
): { readonly start: DateTime; readonly end: DateTime } {
  const start = DateTime.fromISO(text, { zone });
  if (!start.isValid) {
    throw invalid(
      `"${text}" is no time for --${option}.`,
      'Give a year, a month, a day or an instant: 2024, 2024-03, 2024-03-01 or 2024-03-01T12:00Z.',
    );
  }
  const span = SPANS.find(([form]) => form.test(text))?.[1];
  return { start, end: span === undefined ? start : start.plus(span) };
}

/** The short name of a window that the calendar has a name for; of any other where it starts and ends. */
function keyOf(start: DateTime, end: DateTime, { count, unit }: Step): string {
  for (const [name, length, format] of NAMED) {
    if (
      unit === name &&
      count === 1 &&
      +start.startOf(length) === +start &&
      +start.plus({ [UNITS[name]]: 1 }) === +end
    )
      return name === 'h' ? start.toUTC().toFormat(format) : start.toFormat(format);
  }
  const isOfDays = [start, end].every((time) => +time.startOf('day') === +time);
  const label = (time: DateTime): string =>
    isOfDays ? time.toFormat('yyyy-LL-dd') : time.toUTC().toFormat("yyyy-LL-dd'T'HHmm'Z'");
  return `${label(start)}_${label(end)}`;
}

const NAMED = [
  ['h', 'hour', "yyyy-LL-dd'T'HH'Z'"],
  ['d', 'day', 'yyyy-LL-dd'],
  ['w', 'week', "kkkk-'W'WW"],
  ['mo', 'month', 'yyyy-LL'],
  ['y', 'year', 'yyyy'],
] as const;

function iso(time: DateTime): string {
  return time.toJSDate().toISOString();
}

function invalid(message: string, hint: string): ClientError {
  return new ClientError('invalid_range', message, { hint });
}
