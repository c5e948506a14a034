import type { SchedulePlan, SkipPlan } from '../../engine/schedule-plan.js';
import { parseMoment } from '../schedules/parse-moment.js';
import type { HeaderDefinition } from '../schema/header-schema.js';
import type { ScheduleDefinition } from '../schema/schedule-schema.js';
import { ms } from './build-stage.js';

/** A start that was missed by a day is not worth making up for, unless the definition says so. */
const DEFAULT_CATCHUP_MS = 86_400_000;

/** What a definition says about when its runs start. Absent where it says nothing. */
export function buildSchedules({ schedules }: HeaderDefinition): {
  readonly schedules?: readonly SchedulePlan[];
} {
  return schedules === undefined || schedules.length === 0 ? {} : { schedules: schedules.map(buildSchedule) };
}

function buildSchedule(schedule: ScheduleDefinition): SchedulePlan {
  const { id, cron, every, offset, start, end, skip, timezone = 'UTC' } = schedule;
  return {
    id,
    cron: asList(cron).map((text) => text.trim().replaceAll(/\s+/g, ' ')),
    every: every === undefined ? null : { every_ms: ms(every) ?? 0, offset_ms: ms(offset) ?? 0 },
    timezone,
    mode: schedule.mode ?? null,
    inputs: schedule.inputs ?? {},
    jitter_ms: ms(schedule.jitter) ?? 0,
    overlap: schedule.overlap ?? 'skip',
    catchup_window_ms: ms(schedule.catchup_window) ?? DEFAULT_CATCHUP_MS,
    start: start === undefined ? null : parseMoment(start, timezone, 'start'),
    end: end === undefined ? null : parseMoment(end, timezone, 'end'),
    paused: schedule.paused ?? null,
    note: schedule.note ?? null,
    pause_on_failure: schedule.pause_on_failure ?? false,
    skip: skip === undefined ? null : buildSkip(skip),
  };
}

function buildSkip({ holidays, market, dates = [] }: NonNullable<ScheduleDefinition['skip']>): SkipPlan {
  return {
    holidays: asList(holidays).map((place) => place.toUpperCase()),
    markets: asList(market),
    dates: dates.map((day) => (typeof day === 'string' ? { from: day, to: day } : day)),
  };
}

/** What may be given once or as a list, as a list. */
export function asList(given: string | readonly string[] | undefined): readonly string[] {
  if (given === undefined) return [];
  return typeof given === 'string' ? [given] : given;
}
