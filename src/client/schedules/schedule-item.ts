import type { CalendarSpecDescription, ScheduleDescription } from '@temporalio/client';
import { formatDuration } from '../../shared/format-duration.js';
import { isJsonObject } from '../../shared/json.js';
import type { OverlapPolicy } from '../../engine/schedule-plan.js';
import { SCHEDULE_MEMO } from './server-words.js';

/** A schedule as it stands on the server. Times are ISO 8601 in UTC. */
export type ScheduleItem = {
  readonly id: string;
  readonly pipeline: string;
  /** Its ID in the definition. */
  readonly schedule: string;
  /** Cron expressions, or `every 15m`. */
  readonly times: readonly string[];
  readonly timezone: string;
  readonly mode: string | null;
  readonly version: string | null;
  readonly paused: boolean;
  readonly note: string | null;
  readonly overlap: OverlapPolicy;
  readonly catchup_window_ms: number;
  readonly pause_on_failure: boolean;
  readonly jitter_ms: number;
  readonly start: string | null;
  readonly end: string | null;
  /** As the server has them, jitter apart; also while it is paused. */
  readonly next: readonly string[];
  /** Runs that it started, the latest first. */
  readonly recent: readonly ScheduledRun[];
  /** Workflow IDs of its runs that go on. */
  readonly running: readonly string[];
  readonly started_count: number;
  /** Starts left out because a run of it went on. */
  readonly overlapped_count: number;
  /** Starts that were missed by more than the catch-up window. */
  readonly missed_count: number;
  /** The last day for which holidays and changes of the clock are known to the server; null where rules say it all. */
  readonly computed_until: string | null;
};

export type ScheduledRun = {
  readonly workflow_id: string;
  readonly run_id: string;
  readonly scheduled_at: string;
  readonly started_at: string;
};

/** Intervals longer than this stand for single instants. */
const LONGEST_INTERVAL_MS = 3653 * 86_400_000;

export function scheduleItem(description: ScheduleDescription): ScheduleItem {
  const { scheduleId, spec, policies, state, info, action } = description;
  const memo = action.memo ?? {};
  const slash = scheduleId.indexOf('/');
  return {
    id: scheduleId,
    pipeline: scheduleId.slice(0, slash),
    schedule: scheduleId.slice(slash + 1),
    times: timesOf(description),
    timezone: spec.timezone === undefined || spec.timezone === '' ? 'UTC' : spec.timezone,
    mode: text(memo['mode']),
    version: text(memo['version']),
    paused: state.paused,
    note: state.note === undefined || state.note === '' ? null : state.note,
    overlap: (policies.overlap ?? 'SKIP').toLowerCase() as OverlapPolicy,
    catchup_window_ms: policies.catchupWindow,
    pause_on_failure: policies.pauseOnFailure,
    jitter_ms: spec.jitter ?? 0,
    start: spec.startAt?.toISOString() ?? null,
    end: spec.endAt?.toISOString() ?? null,
    next: info.nextActionTimes.map((at) => at.toISOString()),
    recent: info.recentActions.toReversed().map((taken) => ({
      workflow_id: taken.action.workflow.workflowId,
      run_id: taken.action.workflow.firstExecutionRunId,
      scheduled_at: taken.scheduledAt.toISOString(),
      started_at: taken.takenAt.toISOString(),
    })),
    running: info.runningActions.map(({ workflow }) => workflow.workflowId),
    started_count: info.numActionsTaken,
    overlapped_count: info.numActionsSkippedOverlap,
    missed_count: info.numActionsMissedCatchupWindow,
    computed_until: computedUntil(memo[SCHEDULE_MEMO]),
  };
}

function timesOf({ spec }: ScheduleDescription): readonly string[] {
  const crons = (spec.calendars ?? []).map(({ comment }: CalendarSpecDescription) => comment ?? '');
  const intervals = (spec.intervals ?? [])
    .filter(({ every }) => every < LONGEST_INTERVAL_MS)
    .map(({ every, offset }) => {
      return `every ${formatDuration(every)}${offset === 0 ? '' : ` + ${formatDuration(offset)}`}`;
    });
  return [...new Set(crons.filter((text) => text !== '')), ...intervals];
}

function computedUntil(own: unknown): string | null {
  return isJsonObject(own) ? text(own['computed_until']) : null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
