import { DateTime } from 'luxon';
import type { DueTime } from '../../schedules/due-times.js';
import type { PlannedSchedule, ScheduleAction, SchedulesPlan } from '../../schedules/plan-schedules.js';
import type { ScheduleChange } from '../../schedules/schedule-changes.js';
import type { ScheduleConflict } from '../../schedules/schedule-conflicts.js';

/** What `sluice schedule plan` and `apply` print with `--json`. Fields are added, never renamed. */
export type SchedulesDocument = {
  readonly schedules: readonly ScheduleView[];
  readonly conflicts: readonly ScheduleConflict[];
};

export type ScheduleView = {
  readonly id: string;
  readonly pipeline: string;
  readonly action: ScheduleAction;
  readonly changes: readonly ScheduleChange[];
  readonly paused: boolean | null;
  readonly timezone: string | null;
  readonly mode: string | null;
  /** The next times, with those on closed days between them. */
  readonly next: readonly DueView[];
  readonly computed_until: string | null;
};

export type DueView = {
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** ISO 8601 on the schedule's clock. */
  readonly local: string;
  /** Why nothing starts then; null when a run does. */
  readonly closed: string | null;
};

export function schedulesDocument({ schedules, conflicts }: SchedulesPlan): SchedulesDocument {
  return { schedules: schedules.map(scheduleView), conflicts };
}

function scheduleView({
  id,
  pipeline,
  action,
  changes,
  paused,
  wanted,
  next,
}: PlannedSchedule): ScheduleView {
  const timezone = wanted?.plan.timezone ?? null;
  return {
    id,
    pipeline,
    action,
    changes,
    paused: wanted?.plan.paused ?? paused,
    timezone,
    mode: wanted?.plan.mode ?? null,
    next: next.map((due) => dueView(due, timezone ?? 'UTC')),
    computed_until: wanted?.times.computedUntil ?? null,
  };
}

function dueView({ at, closed }: DueTime, timezone: string): DueView {
  const local = DateTime.fromJSDate(at, { zone: timezone }).toISO({ suppressMilliseconds: true });
  return { at: at.toISOString(), local: local ?? '', closed };
}

/** True when one of these moments needs its seconds shown; then all of a column do. */
export function haveSeconds(moments: readonly string[]): boolean {
  return moments.some((at) => at.slice(17, 19) !== '00');
}

/** A moment on the clock of a zone, for people: `Mon 2026-11-23 19:00 EST`. */
export function clockWords(at: string, timezone: string, withSeconds = haveSeconds([at])): string {
  const time = withSeconds ? 'HH:mm:ss' : 'HH:mm';
  return DateTime.fromISO(at, { zone: timezone }).toFormat(`ccc yyyy-LL-dd ${time} ZZZZ`, {
    locale: 'en-US',
  });
}

/** The same in UTC. */
export function utcWords(at: string, withSeconds = haveSeconds([at])): string {
  return at.slice(0, withSeconds ? 19 : 16).replace('T', ' ');
}
