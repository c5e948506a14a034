import type { JsonObject } from '../shared/json.js';

/** When runs of a pipeline start by themselves; checked, with every default filled in. Durations are milliseconds. */
export type SchedulePlan = {
  readonly id: string;
  /** Five-field cron expressions, on the clock of `timezone`. Empty where `every` says when. */
  readonly cron: readonly string[];
  /** Every so long since 1970, moved by the offset; null where `cron` says when. */
  readonly every: { readonly every_ms: number; readonly offset_ms: number } | null;
  /** IANA name of the zone whose clock counts. */
  readonly timezone: string;
  readonly mode: string | null;
  readonly inputs: JsonObject;
  /** Each start is put off by a random time up to this. */
  readonly jitter_ms: number;
  readonly overlap: OverlapPolicy;
  /** A start that was missed by less than this, because the server was down, is made up for. */
  readonly catchup_window_ms: number;
  /** Instants between which it starts runs, both included; null is no bound. */
  readonly start: string | null;
  readonly end: string | null;
  /** Null leaves it as people have set it on the server; a new schedule is then not paused. */
  readonly paused: boolean | null;
  readonly note: string | null;
  readonly pause_on_failure: boolean;
  readonly skip: SkipPlan | null;
};

/**
 * What a schedule does when a run of it goes on at the time of the next one:
 * - `skip`: does not start the new one.
 * - `buffer_one`: starts it when the running one has ended; more than one does not wait.
 * - `buffer_all`: starts all that came due, one after the other.
 * - `cancel_other`: cancels the running one and starts the new one when it has ended.
 * - `terminate_other`: ends the running one at once, without clean-up, and starts the new one.
 * - `allow_all`: starts it beside the running one.
 */
export type OverlapPolicy = (typeof OVERLAP_POLICIES)[number];

export const OVERLAP_POLICIES = [
  'skip',
  'buffer_one',
  'buffer_all',
  'cancel_other',
  'terminate_other',
  'allow_all',
] as const;

/** Days on which nothing starts, on the clock of the schedule's zone. */
export type SkipPlan = {
  /** Countries, or parts of them, whose public holidays are skipped: `US`, `DE-BY`. */
  readonly holidays: readonly string[];
  /** Markets whose closed days, weekends included, are skipped. */
  readonly markets: readonly string[];
  /** `from` and `to`, both included, as `2026-12-24`; or as `12-24`, every year. */
  readonly dates: ReadonlyArray<{ readonly from: string; readonly to: string }>;
};
