import { CronExpressionParser } from 'cron-parser';
import { DateTime } from 'luxon';
import type { CronTimes } from '../../definition/schedules/parse-cron.js';

/** A time as a clock shows it, without its zone: kept as if it were in UTC. */
export type ClockTime = DateTime;

/**
 * The times of the clock that a cron expression matches, after a moment of the clock. They have no zone: what becomes of
 * them when the clock is changed is decided by {@link instantsOf}.
 */
export function* clockTimes(cron: CronTimes, after: ClockTime): Generator<ClockTime> {
  const expression = CronExpressionParser.parse(cron.text, { tz: 'UTC', currentDate: after.toJSDate() });
  for (;;) yield DateTime.fromMillis(expression.next().getTime(), { zone: 'UTC' });
}

/** The clock of a zone at an instant. */
export function clockAt(instant: number, timezone: string): ClockTime {
  return DateTime.fromMillis(instant, { zone: timezone }).setZone('UTC', { keepLocalTime: true });
}

export type Instants = {
  /** When a start at this time of the clock is due. */
  readonly wanted: readonly number[];
  /** When the server starts it by itself: never for a time that is left out, twice for one that comes twice. */
  readonly literal: readonly number[];
};

/**
 * The instants of a time of the clock. A fixed hour happens once a day: an hour that the clock leaves out happens by as
 * much later, and of an hour that comes twice the first counts. `*` follows the time that passes.
 */
export function instantsOf(time: ClockTime, timezone: string, isEveryHour: boolean): Instants {
  const local = time.setZone(timezone, { keepLocalTime: true });
  const isLeftOut = local.hour !== time.hour || local.minute !== time.minute;
  if (isLeftOut) return { wanted: isEveryHour ? [] : [local.toMillis()], literal: [] };
  const both = local
    .getPossibleOffsets()
    .map((possible) => possible.toMillis())
    .toSorted((a, b) => a - b);
  return { wanted: isEveryHour ? both : both.slice(0, 1), literal: both };
}
