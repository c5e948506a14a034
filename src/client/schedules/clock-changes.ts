import { DateTime, IANAZone } from 'luxon';
import type { CronTimes } from '../../definition/schedules/parse-cron.js';
import { clockTimes, instantsOf } from './clock-times.js';

/**
 * What a server must be told beside the cron expressions so that fixed hours happen once on the days on which the clock
 * is changed: by itself it matches the clock literally.
 */
export type ClockCorrections = {
  /** Times of the clock, as if in UTC, at which the server must not start anything. */
  readonly excluded: readonly number[];
  /** Instants at which it must. */
  readonly extra: readonly number[];
};

/** A second later than what is excluded, which would exclude it too. */
const BESIDE_EXCLUDED_MS = 1000;
/** No zone changes its clock twice within it. */
const WEEK_MS = 7 * 86_400_000;
const MINUTE_MS = 60_000;

/** The corrections for all changes of the clock in a span of time. */
export function clockCorrections(
  crons: readonly CronTimes[],
  timezone: string,
  span: { readonly from: number; readonly until: number },
): ClockCorrections {
  if (timezone === 'UTC' || crons.every(({ isEveryHour }) => isEveryHour)) return { excluded: [], extra: [] };
  const excluded: number[] = [];
  const extra = new Set<number>();
  for (const change of clockChanges(timezone, span)) {
    for (const [clock, { wanted, literal }] of timesAround(crons, timezone, change)) {
      if (literal.length === 0) for (const at of wanted) extra.add(at);
      if (wanted.size >= literal.length) continue;
      excluded.push(clock);
      for (const at of wanted) extra.add(at + BESIDE_EXCLUDED_MS);
    }
  }
  return { excluded, extra: [...extra].toSorted((a, b) => a - b) };
}

/** The part of the clock that is left out or comes twice, as if in UTC; the end is not part of it. */
type ClockChange = { readonly from: number; readonly to: number };

function clockChanges(
  timezone: string,
  span: { readonly from: number; readonly until: number },
): ClockChange[] {
  const zone = IANAZone.create(timezone);
  const changes: ClockChange[] = [];
  for (let at = span.from; at < span.until; at += WEEK_MS) {
    const [before, after] = [zone.offset(at), zone.offset(at + WEEK_MS)];
    if (before === after) continue;
    const change = changeBetween(zone, at, at + WEEK_MS);
    const clocks = [change + before * MINUTE_MS, change + after * MINUTE_MS];
    changes.push({ from: Math.min(...clocks), to: Math.max(...clocks) });
  }
  return changes;
}

/** The first minute with the later offset. */
function changeBetween(zone: IANAZone, from: number, to: number): number {
  let [low, high] = [Math.floor(from / MINUTE_MS), Math.ceil(to / MINUTE_MS)];
  const before = zone.offset(low * MINUTE_MS);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.offset(middle * MINUTE_MS) === before) low = middle;
    else high = middle;
  }
  return high * MINUTE_MS;
}

type Times = { readonly wanted: Set<number>; readonly literal: readonly number[] };

/** What each time of the clock in a change means to all expressions together. */
function timesAround(
  crons: readonly CronTimes[],
  timezone: string,
  { from, to }: ClockChange,
): ReadonlyMap<number, Times> {
  const times = new Map<number, Times>();
  for (const cron of crons) {
    for (const time of clockTimes(cron, DateTime.fromMillis(from - 1, { zone: 'UTC' }))) {
      const clock = time.toMillis();
      if (clock >= to) break;
      const { wanted, literal } = instantsOf(time, timezone, cron.isEveryHour);
      const known = times.get(clock) ?? { wanted: new Set<number>(), literal };
      for (const at of wanted) known.wanted.add(at);
      times.set(clock, known);
    }
  }
  return times;
}
