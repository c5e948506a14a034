import type { Json, JsonObject } from '../shared/json.js';
import type { ArtifactRef, OutputRef, StreamRef } from '../shared/task.js';
import type { RunOrigin } from './reuse.js';
import type { ItemLedger } from './map-ledger.js';
import type { Alarm, Amendment, Paused, StageDecision } from './steering.js';
import type { Approval } from './approval.js';
import type { CanaryView } from './canary.js';

/**
 * ```
 * pending ─ready→ waiting ─slot→ running ─→ succeeded | failed | timed_out | cancelled
 *    │               │
 *    └───────────────┴─→ skipped | cancelled | reused
 * ```
 */
export type StageStatus = ActiveStatus | FinalStatus;

/**
 * - `pending`: something it depends on has not ended.
 * - `waiting`: ready, and waits for a concurrency slot of the run or for a slot of a pool.
 * - `running`: an attempt runs, or the next one waits for its retry delay.
 * - `awaiting_approval`: people have to decide.
 * - `held`: out of attempts, and waits for a person to decide.
 */
export type ActiveStatus = 'pending' | 'waiting' | 'running' | 'awaiting_approval' | 'held';

/**
 * - `succeeded`: it ran and gave an output.
 * - `failed`: its last attempt ended in an error.
 * - `timed_out`: its last attempt ran out of time; counts as a failure.
 * - `skipped`: it never ran, for the reason given.
 * - `cancelled`: it was stopped, or the run was stopped before it could start.
 * - `reused`: its output came from a cache, an earlier run or a fallback.
 */
export type FinalStatus = 'succeeded' | 'failed' | 'timed_out' | 'skipped' | 'cancelled' | 'reused';

/**
 * - `disabled`: `enabled: false`.
 * - `condition`: its condition was false.
 * - `mode`: the run's mode does not select it.
 * - `upstream`: something it depends on failed or was itself skipped for that reason.
 * - `operator`: a person skipped it.
 */
export type SkipReason = 'disabled' | 'condition' | 'mode' | 'upstream' | 'operator';

export type RunEndStatus = 'succeeded' | 'failed' | 'cancelled' | 'timed_out';

export type StageError = {
  readonly type: string;
  readonly message: string;
  /** ID of the stage; in a child pipeline's error the path of IDs, joined by `/`. */
  readonly stage: string;
};

/** What is known of one stage. Times are ISO 8601 in UTC; what has not happened is null. */
export type StageResult<S extends StageStatus = StageStatus> = {
  readonly name: string;
  readonly kind: string;
  readonly status: S;
  /** Number of the level in the plan, from 1. */
  readonly wave: number;
  readonly attempts: number;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly duration_ms: number | null;
  /** How long it waited for a slot of the run, of a pool, and for a worker; absent when it did not wait. */
  readonly queue_ms?: number;
  readonly output: Json;
  /** Where a large output is kept; `output` is null where nobody has read it from there. */
  readonly output_ref?: OutputRef;
  /** Of a stage that gave chunks beside its output: how many, and where they are kept. */
  readonly stream?: StreamRef;
  readonly error: StageError | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly skip_reason: SkipReason | null;
  readonly reused_from: string | null;
  readonly artifacts: readonly ArtifactRef[];
  /** What it set in the run's shared state; absent when nothing. */
  readonly state?: JsonObject;
  /** Versions of the stage functions that ran, by name, without those of version "1"; absent when empty. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Only for a stage with `map` that has started. */
  readonly items?: ItemSummary;
  /** What became of it each time it was held. */
  readonly decisions?: readonly StageDecision[];
  /** Set when the stage failed and a fallback gave its output; `error` tells why it was needed. */
  readonly fallback?: 'last_success' | 'value' | 'uses';
  /** Of a stage that its condition kept from running. */
  readonly skip_detail?: SkipDetail;
  /** Of an approval from the moment it waits: who was asked, and who decided what, when and why. */
  readonly approval?: Approval;
  /** Of a canary from the moment it begins: its step, its weight, the last evaluation and what it waits for. */
  readonly canary?: CanaryView;
  /** Of a `sleep` or `until` stage: when its timer rings. */
  readonly until?: string;
  /** What a waiting stage waits for, in words, such as `pool "gpu"`. */
  readonly waiting_for?: string;
};

/** A condition that was false, and the values that it read, by their names in it. */
export type SkipDetail = {
  readonly condition: string;
  readonly values: JsonObject;
};

/** The items of a map in numbers. */
export type ItemSummary = {
  /** Null while a paged source has not come to its end. */
  readonly total: number | null;
  readonly succeeded: number;
  readonly failed: number;
  /** Never run, by a decision of a person. */
  readonly skipped: number;
  /** Done in an earlier run or taken from a cache. */
  readonly reused: number;
  readonly running: number;
  /** Out of attempts, waiting for a person; absent where none does. */
  readonly held?: number;
  /** Not started; null while the total is unknown. */
  readonly pending: number | null;
  readonly rate_per_s: number | null;
  readonly eta_ms: number | null;
  /** The first hundred by position; `ledger.failed` has the positions of all. */
  readonly failed_items: readonly FailedItem[];
  /** Once the stage ended with items that did not succeed: which are done, with their outputs. */
  readonly ledger?: ItemLedger;
};

export type FailedItem = {
  readonly index: number;
  readonly error: StageError;
  /** Attempts made; absent where nobody counted. */
  readonly attempts?: number;
};

/** The result of a run that ended: the workflow's result, or the first detail of its failure. */
export type RunResult = RunSummary & {
  readonly status: RunEndStatus;
  readonly ended_at: string;
  readonly total_duration_ms: number;
  readonly stages: Readonly<Record<string, StageResult<FinalStatus>>>;
  readonly hooks: Readonly<Record<string, StageResult<FinalStatus>>>;
  /** What was taken back after the run did not succeed, by stage, in that order; absent when nothing was. */
  readonly undone?: Readonly<Record<string, StageResult<FinalStatus>>>;
};

/** The answer to the `status` query: a result in the making. */
export type RunStatus = Omit<RunSummary, 'success'> & {
  readonly status: RunEndStatus | 'running' | 'queued';
  readonly success: boolean | null;
  readonly ended_at: string | null;
  readonly total_duration_ms: number;
  readonly stages: Readonly<Record<string, StageResult>>;
  readonly hooks: Readonly<Record<string, StageResult>>;
  readonly undone?: Readonly<Record<string, StageResult>>;
  readonly progress: Progress;
  /** What happened to the run that is not the end of a stage, oldest first, the last 50. */
  readonly notes: readonly string[];
};

export type Progress = {
  readonly total: number;
  readonly done: number;
  readonly running: number;
  readonly failed: number;
  /** Share of stages that ended, 0 to 1. */
  readonly fraction: number;
};

type RunSummary = {
  readonly pipeline: string;
  readonly version: string;
  readonly workflow_id: string;
  readonly run_id: string;
  readonly mode: string | null;
  /** The run that this one resumes, forks or repeats; absent for all others. */
  readonly resumed_from?: RunOrigin;
  readonly success: boolean;
  /** True when the run succeeded although a stage failed, fell back or lost items. */
  readonly partial: boolean;
  readonly started_at: string;
  readonly error: StageError | null;
  readonly outputs: JsonObject;
  readonly executed_stages: readonly string[];
  readonly skipped_stages: readonly string[];
  readonly failed_stages: readonly string[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly state: JsonObject;
  /** Set while no more stages start because a person paused the run. */
  readonly paused?: Paused | null;
  /** What people changed while the run went on, oldest first. */
  readonly amendments?: readonly Amendment[];
  /** Deadlines that were near, at risk or missed, oldest first. */
  readonly alarms?: readonly Alarm[];
  /** What waits for approval inside of the items of maps, by stage: `each.17/sign-off`. */
  readonly item_approvals?: Readonly<Record<string, Approval>>;
};
