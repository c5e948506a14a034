import type { SchedulePlan } from '../../engine/schedule-plan.js';
import { type CronTimes, parseCron } from '../../definition/schedules/parse-cron.js';
import { type ClockCorrections, clockCorrections } from './clock-changes.js';
import { type ClosedDays, closedDays, lastYear } from './closed-days.js';

/** All that says when a schedule starts runs, rules as well as what is computed ahead of them. */
export type ScheduleTimes = {
  readonly schedule: SchedulePlan;
  readonly crons: readonly CronTimes[];
  readonly closed: ClosedDays;
  readonly corrections: ClockCorrections;
  /** The last day for which something is computed ahead; null where rules say it all. */
  readonly computedUntil: string | null;
};

/** Reads the rules of a checked schedule and computes what a server cannot be told as a rule. */
export async function scheduleTimes(schedule: SchedulePlan, now: Date): Promise<ScheduleTimes> {
  const crons = schedule.cron.map(read);
  const closed = await closedDays(schedule, now);
  const until = Date.UTC(lastYear(now) + 1, 0, 1);
  const corrections = clockCorrections(crons, schedule.timezone, { from: startOfYear(now), until });
  const hasCorrections = corrections.excluded.length + corrections.extra.length > 0;
  return {
    schedule,
    crons,
    closed,
    corrections,
    computedUntil: hasCorrections ? `${lastYear(now)}-12-31` : closed.until,
  };
}

/** What is computed must not differ from one hour to the next, or every look would find a change. */
function startOfYear(now: Date): number {
  return Date.UTC(now.getUTCFullYear(), 0, 1);
}

function read(text: string): CronTimes {
  const parsed = parseCron(text);
  if ('fault' in parsed) throw new Error(`The cron expression "${text}" ${parsed.fault}.`);
  return parsed;
}
