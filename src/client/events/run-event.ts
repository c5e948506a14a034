import type { FinalStatus, ItemSummary, RunResult, SkipReason, StageError } from '../../engine/result.js';
import type { OpenStatus } from '../../engine/stage-record.js';
import type { Json } from '../../shared/json.js';
import type { LogLine } from '../../storage/log-line.js';

/** The items of a map in numbers, as events tell them. */
type ItemCounts = Pick<
  ItemSummary,
  'total' | 'succeeded' | 'failed' | 'skipped' | 'reused' | 'running' | 'held' | 'pending'
>;

/**
 * What happens to a run, for programs that act on it. Those with a time come from the run's history: each of them once,
 * in order, however often one looks. The others show what goes on meanwhile and are gone afterwards.
 *
 * - `run_started`: a worker took the run on.
 * - `wave`: these stages became ready together and start now; the first wave is number 1.
 * - `stage_started`: the stage was dispatched to its workers, or began where it needs none.
 * - `stage_changed`: a stage that has not ended waits for people or for a slot, or runs again.
 * - `stage_error`: an attempt failed; tells whether and when another one follows.
 * - `stage_completed`: the stage has its final status, a failure or a skip too.
 * - `child_started`: the stage runs another pipeline, whose run has events of its own.
 * - `undo_started`, `undo_completed`: what a stage did is taken back, because the run failed or was cancelled later.
 * - `note`: something happened to the run itself, such as a cancellation.
 * - `stage_progress`: a running stage told how far it is.
 * - `map_progress`: items of a map started or ended; only for those who ask for `items`.
 * - `log`: a stage wrote a line.
 * - `stage_chunk`: a stage yielded a chunk; `index` counts from 0. Comes between the start and the end of its stage.
 * - `stage_chunks_restarted`: an attempt failed and the next one begins anew: chunks from `index` on do not count, and come
 *   again.
 * - `run_ended`: the run is over; nothing follows.
 */
export type RunEventBody =
  | {
      readonly type: 'run_started';
      readonly at: string;
      readonly pipeline: string;
      readonly workflow_id: string;
      readonly run_id: string;
    }
  | {
      readonly type: 'wave';
      readonly at: string;
      readonly number: number;
      readonly stages: readonly string[];
    }
  | { readonly type: 'stage_started'; readonly at: string; readonly stage: string }
  | {
      readonly type: 'stage_changed';
      readonly at: string;
      readonly stage: string;
      readonly status: OpenStatus;
      readonly waiting_for: string | null;
    }
  | StageErrorEvent
  | {
      readonly type: 'stage_completed';
      readonly at: string;
      readonly stage: string;
      readonly status: FinalStatus;
      readonly attempts: number;
      /** Null for a stage that never started. */
      readonly duration_ms: number | null;
      readonly error: EventError | null;
      readonly skip_reason: SkipReason | null;
      readonly reused_from: string | null;
    }
  | {
      readonly type: 'child_started';
      readonly at: string;
      readonly stage: string;
      readonly pipeline: string;
      readonly workflow_id: string;
      readonly run_id: string;
    }
  | { readonly type: 'undo_started'; readonly at: string; readonly stage: string }
  | {
      readonly type: 'undo_completed';
      readonly at: string;
      /** The stage that was undone. */
      readonly stage: string;
      readonly status: 'succeeded' | 'failed';
      readonly attempts: number;
      readonly error: EventError | null;
    }
  | { readonly type: 'note'; readonly at: string; readonly text: string }
  | {
      readonly type: 'stage_progress';
      readonly stage: string;
      /** 0 to 1; null where nobody knows how much there is to do. */
      readonly fraction: number | null;
      readonly message: string | null;
    }
  | ({ readonly type: 'map_progress'; readonly stage: string } & ItemCounts)
  | { readonly type: 'log'; readonly line: LogLine }
  | {
      readonly type: 'stage_chunk';
      /** When it was written. */
      readonly at: string;
      readonly stage: string;
      readonly index: number;
      readonly chunk: Json;
    }
  | {
      readonly type: 'stage_chunks_restarted';
      readonly stage: string;
      readonly index: number;
      readonly attempt: number;
    }
  | { readonly type: 'run_ended'; readonly at: string; readonly result: RunResult };

export type StageErrorEvent = {
  readonly type: 'stage_error';
  readonly at: string;
  readonly stage: string;
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  /** Null where the attempt came and went between two looks: Temporal keeps the error of the last one only. */
  readonly error: EventError | null;
  readonly will_retry: boolean;
  /** When the next attempt starts; null where none does, or where it is under way already. */
  readonly next_attempt_at: string | null;
};

/** The message is cut after 500 characters; the result has the whole of it. */
export type EventError = Pick<StageError, 'type' | 'message'>;

/** An event with the place after which to go on: `run.events({ after: event.cursor })` gives what follows it. */
export type RunEvent = RunEventBody & { readonly cursor: string };
