import type { PackedWindows } from './backfill-windows.js';
import type { StageError } from './result.js';
import type { RunInput } from './run-input.js';
import type { Paused } from './steering.js';

/**
 * ```
 * pending ─→ running ─→ succeeded | failed | timed_out | cancelled
 *    ├─→ done_before     (it has a successful run already)
 *    └─→ cancelled       (the backfill ended before its turn)
 * left_out               (not asked for)
 * ```
 * - `pending`: its turn has not come.
 * - `running`: its run goes on.
 * - `succeeded`, `failed`, `timed_out`, `cancelled`: how its run ended; without a run it never started.
 * - `done_before`: an earlier run of it succeeded, so it was not run again.
 * - `left_out`: the backfill was not asked to run it.
 */
export type PartitionStatus =
  'pending' | 'running' | 'succeeded' | 'failed' | 'timed_out' | 'cancelled' | 'done_before' | 'left_out';

/**
 * Which partitions a backfill runs:
 * - `missing`: those without a successful run.
 * - `failed`: those whose last run failed, timed out or was cancelled.
 * - `all`: every one, again.
 */
export type PartitionChoice = 'missing' | 'failed' | 'all';

/** The only argument of the `backfill` workflow. */
export type BackfillInput = {
  /** What each run is given; the partition comes on top. */
  readonly run: RunInput;
  readonly windows: PackedWindows;
  /** One letter a window: what is to be done with it. See {@link BackfillBook}. */
  readonly letters: string;
  /** What the workflow IDs of the runs begin with; the partition's key follows. */
  readonly id_prefix: string;
  readonly only: PartitionChoice;
  readonly order: 'oldest' | 'newest';
  readonly max_parallel: number;
  /** Once more partitions failed, no more start; null is no limit. */
  readonly max_failures: number | null;
  readonly timezone: string;
  /** How the windows were cut, for people. */
  readonly step: string;
  /** Given by tests only. */
  readonly limits?: { readonly events?: number };
  /** Set by continue-as-new only. */
  readonly carried?: CarriedBackfill;
};

export type CarriedBackfill = {
  readonly started_at: string;
  readonly book: BackfillBook;
  readonly notes: readonly string[];
  readonly paused: Paused | null;
};

/**
 * What became of all partitions, small enough to travel with thousands of them: one letter each, `p` pending,
 * `r` running, `s` succeeded, `f` failed, `t` timed out, `c` cancelled, `d` done before, `-` left out.
 */
export type BackfillBook = {
  readonly letters: string;
  /** Of those that started: position, start and end in milliseconds (the end 0 while it runs), and the run ID. */
  readonly runs: ReadonlyArray<readonly [index: number, startedAt: number, endedAt: number, runId: string]>;
  /** Why partitions failed, by position: the first hundred. */
  readonly errors: ReadonlyArray<readonly [index: number, error: StageError]>;
};

export type BackfillCounts = Readonly<Record<PartitionStatus, number>> & {
  /** Partitions of the range. */
  readonly total: number;
};

export type BackfillEndStatus = 'succeeded' | 'failed' | 'cancelled';

/** What is known of a backfill at any moment: the answer to its query, and its result. */
export type BackfillReport = {
  readonly backfill_id: string;
  readonly run_id: string;
  readonly pipeline: string;
  readonly version: string;
  readonly mode: string | null;
  readonly status: BackfillEndStatus | 'running';
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly counts: BackfillCounts;
  /** Share of what it was asked to run that has ended, 0 to 1. */
  readonly fraction: number;
  /** Milliseconds until it should end, as fast as it went so far; null when that is unknown or it is paused. */
  readonly eta_ms: number | null;
  readonly paused: Paused | null;
  /** What happened to it that is not the end of a partition, oldest first: the last 50. */
  readonly notes: readonly string[];
  /** Absent where it was not asked for. */
  readonly book?: BackfillBook;
};
