import type { Json, JsonObject } from './json.js';
import type { Partition } from './partition.js';

/**
 * The JSON contract between a run and a stage's activity, the same for a worker in any language.
 * A task goes in as the activity's only argument; a {@link TaskResult} comes back.
 */
export type StageTask = {
  /** Resolved `with` (for `run` and `http` stages: the resolved command or request). Holds no secret. */
  readonly params: Json;
  readonly run: RunFacts;
  readonly stage: { readonly id: string; readonly name: string };
  /** Names of the environment variables that the worker may read as secrets for this stage. */
  readonly secrets?: readonly string[];
  /** Where secrets go in `params`; the value there is the text `***` until the worker fills it in. */
  readonly secret_slots?: readonly SecretSlot[];
  /** Shared state of the run when the stage was scheduled; absent when empty. */
  readonly state?: JsonObject;
  /** When set, only errors of these types are retried. */
  readonly retryable_errors?: readonly string[];
  /** Files that the stage promises to write, relative to its working folder. */
  readonly artifacts?: readonly string[];
  /** The item of a map that this is the work of; of a batch the first one. */
  readonly item?: { readonly index: number };
  /** Items of a map that travel together: the action runs once for each, and `params` is null. */
  readonly items?: readonly ItemTask[];
  /** Goes with `items`: when one that failed is tried again, by failing the activity. */
  readonly item_retry?: { readonly max_attempts: number; readonly non_retryable_errors: readonly string[] };
  /** Time that the code gets to end after it was told to stop, before it is left behind. @default 5 s */
  readonly grace_ms?: number;
  /**
   * Attempts that were made before this activity: set where the run counts them, because each attempt is an activity of
   * its own. The worker adds it to the number of the attempt.
   */
  readonly attempt_offset?: number;
  /** What an earlier attempt kept as its checkpoint, where that was another activity. */
  readonly checkpoint?: Json;
  /** `thread`: run the function in a worker thread because it blocks the event loop. */
  readonly isolation?: 'thread';
  /** Set when an earlier result may be given instead of running. */
  readonly cache?: CacheRequest;
};

/** Which earlier result will do. Without `key` it is one of the same function, version and params. */
export type CacheRequest = {
  readonly key?: Json;
  readonly max_age_ms?: number;
};

/** The work of one item of a batch. */
export type ItemTask = {
  readonly index: number;
  readonly params: Json;
  readonly secret_slots?: readonly SecretSlot[];
  readonly cache?: CacheRequest;
};

/** What became of one item of a batch, in the order of the task's `items`. */
export type ItemResult =
  | ({ readonly ok: true } & TaskResult)
  | { readonly ok: false; readonly type: string; readonly message: string; readonly attempt?: number };

/** `run.*` in expressions and `ctx.run` in stage functions. Times are ISO 8601 in UTC. */
export type RunFacts = {
  readonly id: string;
  readonly workflow_id: string;
  readonly pipeline: string;
  readonly version: string;
  readonly mode: string | null;
  /** 1 for the first execution of this run; higher after Temporal retried the whole run. */
  readonly attempt: number;
  readonly started_at: string;
  readonly scheduled_at: string;
  /** The window of time that the run is for; only where a backfill started it. */
  readonly partition?: Partition;
};

/** One string inside `params` that is made of literal text and secrets. */
export type SecretSlot = {
  /** JSON Pointer (RFC 6901) into `params`. */
  readonly at: string;
  /** Concatenated in order: literal text, or the name of a secret. */
  readonly parts: ReadonlyArray<string | { readonly secret: string }>;
};

/** The object in the store that holds an output as JSON. */
export type OutputRef = { readonly sha256: string; readonly size_bytes: number };

/** Where the chunks are that a stage gave: a folder of the store. `bytes`: their size as JSON. */
export type StreamRef = { readonly folder: string; readonly chunks: number; readonly bytes: number };

/** What a stage's activity returns. */
export type TaskResult = {
  readonly output: Json;
  /** Where a large output is kept as well: the run's result names it instead of holding it. */
  readonly output_ref?: OutputRef;
  /** Set where it gave chunks beside its output. */
  readonly stream?: StreamRef;
  /** Keys set in the run's shared state, merged in completion order. */
  readonly state?: JsonObject;
  /** Counters added to the stage's and the run's metrics. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** Which of the metrics tell what was used up: a result out of a cache has not used it. */
  readonly spent?: readonly string[];
  readonly artifacts?: readonly ArtifactRef[];
  /** Version of the stage function that ran; a resume compares it with the one that is there then. @default "1" */
  readonly version?: string;
  /** Set when nothing was executed: where the output came from. */
  readonly reused_from?: string;
  /** Of a batch: one for each of the task's `items`; `output` is then null. */
  readonly items?: readonly ItemResult[];
  /** The attempt that gave this result, from 1. @default 1 */
  readonly attempt?: number;
  /** How long the attempt waited for a worker, where that is known. */
  readonly queued_ms?: number;
};

/** First detail of the failure that a stage's activity ends with, so that a run can tell how often it tried. */
export type TaskFailureDetail = {
  readonly attempt: number;
  /** The service refused because too much was asked of it, and said when to come again. */
  readonly rate_limited?: true;
  /** The checkpoint to give to the next attempt; only where the task has an `attempt_offset`. */
  readonly checkpoint?: Json;
  /** Of a batch that failed as a whole: what had ended until then, null for the rest. */
  readonly items?: ReadonlyArray<ItemResult | null>;
};

/** A file kept in the store. */
export type ArtifactRef = {
  readonly name: string;
  readonly sha256: string;
  readonly size_bytes: number;
};
