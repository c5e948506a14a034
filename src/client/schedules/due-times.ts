import { DateTime } from 'luxon';
import type { CronTimes } from '../../definition/schedules/parse-cron.js';
import { clockAt, clockTimes, instantsOf } from './clock-times.js';
import { closedReason } from './closed-days.js';
import type { ScheduleTimes } from './schedule-times.js';

/** A time at which a schedule starts a run, or would if the day were not closed. */
export type DueTime = {
  readonly at: Date;
  /** Why nothing starts then; null when a run does. */
  readonly closed: string | null;
};

export type DueQuery = {
  /** Times later than this. */
  readonly after: Date;
  /** At most so many starts; times on closed days do not count. */
  readonly count: number;
  /** Up to this moment. @default ten years after `after` */
  readonly until?: Date;
};

const DAY_MS = 86_400_000;
const TEN_YEARS_MS = 3653 * DAY_MS;
/** Of one expression; a schedule all of whose times are closed must come to an end. */
const MOST_TIMES = 20_000;
/** An hour that is left out comes later than what follows it on the clock. */
const DISORDER_MS = 3 * 3_600_000;

/** The times of a schedule as the server will have them, jitter apart, in order. */
export function dueTimes(times: ScheduleTimes, query: DueQuery): readonly DueTime[] {
  const { schedule } = times;
  const end = Math.min(
    (query.until ?? new Date(query.after.getTime() + TEN_YEARS_MS)).getTime(),
    schedule.end === null ? Infinity : Date.parse(schedule.end),
  );
  const from = Math.max(query.after.getTime(), schedule.start === null ? 0 : Date.parse(schedule.start) - 1);
  const found = new Set(times.corrections.extra.filter((at) => at > from && at <= end));
  const wanted = { from, end, count: query.count };
  for (const at of everyTimes(times, wanted)) found.add(at);
  for (const cron of times.crons) for (const at of cronTimes(cron, times, wanted)) found.add(at);
  return firstStarts(
    [...found].toSorted((a, b) => a - b).map((at) => ({ at: new Date(at), closed: reasonAt(times, at) })),
    query.count,
  );
}

/** True when the day of this instant is closed. */
function reasonAt({ closed, schedule }: ScheduleTimes, at: number): string | null {
  const date = DateTime.fromMillis(at, { zone: schedule.timezone }).toISODate();
  return date === null ? null : closedReason(closed, date);
}

type Wanted = { readonly from: number; readonly end: number; readonly count: number };

function* everyTimes(times: ScheduleTimes, { from, end, count }: Wanted): Generator<number> {
  const { every } = times.schedule;
  if (every === null) return;
  const { every_ms, offset_ms } = every;
  let at = (Math.floor((from - offset_ms) / every_ms) + 1) * every_ms + offset_ms;
  for (let seen = 0, starts = 0; at <= end && starts < count && seen < MOST_TIMES; at += every_ms, seen++) {
    if (reasonAt(times, at) === null) starts += 1;
    yield at;
  }
}

function* cronTimes(cron: CronTimes, times: ScheduleTimes, { from, end, count }: Wanted): Generator<number> {
  const { timezone } = times.schedule;
  const excluded = new Set(times.corrections.excluded);
  let last: number | null = null;
  let starts = 0;
  let seen = 0;
  for (const clock of clockTimes(cron, clockAt(from, timezone).minus({ days: 1 }))) {
    const instants = excluded.has(clock.toMillis())
      ? []
      : instantsOf(clock, timezone, cron.isEveryHour).literal;
    for (const at of instants.filter((instant) => instant > from && instant <= end)) {
      yield at;
      if (reasonAt(times, at) === null) starts += 1;
      if (starts === count) last ??= clock.toMillis();
    }
    const isPast = clock.toMillis() > end + DAY_MS;
    if (isPast || ++seen > MOST_TIMES || (last !== null && clock.toMillis() > last + DISORDER_MS)) return;
  }
}

function firstStarts(times: readonly DueTime[], count: number): readonly DueTime[] {
  let starts = 0;
  const end = times.findIndex(({ closed }) => closed === null && ++starts > count);
  const kept = end === -1 ? times : times.slice(0, end);
  const lastStart = kept.findLastIndex(({ closed }) => closed === null);
  return starts >= count ? kept.slice(0, lastStart + 1) : kept;
}
