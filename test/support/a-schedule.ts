import type { SchedulePlan } from '../../src/engine/schedule-plan.js';

/** A schedule with the loader's defaults; it starts a run every hour unless the overrides say otherwise. */
export function aSchedule(overrides: Partial<SchedulePlan> = {}): SchedulePlan {
  const isInterval = overrides.cron === undefined;
  return {
    id: 'nightly',
    cron: [],
    every: isInterval ? { every_ms: 3_600_000, offset_ms: 0 } : null,
    timezone: 'UTC',
    mode: null,
    inputs: {},
    jitter_ms: 0,
    overlap: 'skip',
    catchup_window_ms: 86_400_000,
    start: null,
    end: null,
    paused: null,
    note: null,
    pause_on_failure: false,
    skip: null,
    ...overrides,
  };
}
