import type { Json, JsonObject } from '../shared/json.js';
import type { ArtifactRef, RunFacts, SecretSlot } from '../shared/task.js';
import type { HeldUnit } from './held-unit.js';
import type { IndexRange } from './index-ranges.js';
import type { ItemLedger, PartAt } from './map-ledger.js';
import type { PackedPlan } from './pack-plan.js';
import type { FailedItem } from './result.js';
import type { StageOutcome } from './stage-record.js';
import type { StreamEnd } from './stream-end.js';

/**
 * What a map's own workflows need of the run that they belong to. `plan.stages` holds the mapped stage alone, and
 * `plan.pipelines` what items of a map over `pipeline` run.
 */
export type MapOrigin = {
  readonly plan: PackedPlan;
  readonly inputs: JsonObject;
  readonly variables: JsonObject;
  readonly facts: RunFacts;
  /** `stages.*` in expressions: those that the stage depends on. */
  readonly stages: Readonly<Record<string, EndedStage>>;
  readonly state: JsonObject;
  readonly metrics: Readonly<Record<string, number>>;
};

/** `stages.ID` in expressions. */
export type EndedStage = {
  readonly output: Json;
  readonly status: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly error: Json;
};

/** Where items come from, once expressions are resolved. */
export type ItemSource = QueuedSource | StreamedSource;

/** Items that are there, or that can be asked for. */
export type QueuedSource =
  | { readonly type: 'list'; readonly items: readonly Json[] }
  | { readonly type: 'range'; readonly count: number }
  /** `cursor` is that of the next page; `items` were read already and come before it. */
  | {
      readonly type: 'pages';
      readonly uses: string;
      readonly with: Json;
      readonly secret_slots: readonly SecretSlot[];
      readonly cursor: Json;
      readonly items: readonly Json[];
    };

/** The chunks of a stage, which come when they come. */
export type StreamedSource = {
  readonly type: 'stream';
  /** The stage as the store knows it. */
  readonly stage: string;
  /** What is known of the end when the map begins. */
  readonly end: StreamEnd | null;
};

/** Consecutive items that one shard runs. */
export type Chunk = {
  /** Position of the first one among all items of the map. */
  readonly first: number;
  readonly count: number;
  /** Null for a range, whose items are their positions. */
  readonly items: readonly Json[] | null;
  /** Of these items: done in an earlier run, with their outputs. */
  readonly reuse: ItemLedger | null;
  /** Positions to run; the others are somebody else's. All of them where this is left out. */
  readonly only?: readonly number[];
};

/** The only argument of the `map_shard` workflow. */
export type ShardInput = {
  readonly origin: MapOrigin;
  readonly chunk: Chunk;
  /** Most units of the chunk that run at once. */
  readonly window: number;
  /** How many of its items may fail before the shard gives up; null is all of them. */
  readonly failures_left: number | null;
  readonly limits: MapLimits;
  /** True where failed units are given to the coordinator, which holds them. */
  readonly holds?: boolean;
  /** Set where nothing runs: its items end like this, those that failed by the fallback of their stage. */
  readonly ends_with?: StageOutcome;
};

/** Sizes from which on maps are divided, in activities. */
export type MapLimits = {
  /** Of a map that runs in the workflow of its run. @default 1000 */
  readonly inline?: number;
  /** Of one shard. @default 1000 */
  readonly shard?: number;
  /** Events from which on a coordinator goes on in a new history. @default 10000 */
  readonly history?: number;
};

/** What became of the first `covered` items of a chunk; the rest never started. Positions are those of the map. */
export type ChunkResult = {
  readonly covered: number;
  readonly counts: ItemCounts;
  readonly done: readonly IndexRange[];
  readonly failed: readonly IndexRange[];
  readonly failed_items: readonly FailedItem[];
  /** Of `done`, in order of position; null when the map keeps none or keeps them in the store. */
  readonly outputs: readonly Json[] | null;
  readonly part: PartAt | null;
  readonly state: JsonObject;
  readonly metrics: Readonly<Record<string, number>>;
  readonly versions: Readonly<Record<string, string>>;
  /** Named `INDEX/NAME`. */
  readonly artifacts: readonly ArtifactRef[];
  /** Why it gave up before its end, if it did. */
  readonly stopped: 'failed' | 'cancelled' | null;
  /** Units that failed and that the coordinator holds: neither done nor failed. */
  readonly held?: readonly HeldUnit[];
};

export type ItemCounts = {
  readonly succeeded: number;
  readonly reused: number;
  readonly failed: number;
  readonly skipped: number;
};

/** Sent by shards to their coordinator and by that to the run, ever more seldom the longer the map lasts. */
export type MapProgress = {
  /** Position of the chunk's first item; in what goes to the run the stage's ID stands in `stage`. */
  readonly first: number;
  readonly stage: string;
  readonly total: number | null;
  readonly counts: ItemCounts;
  readonly running: number;
  readonly failed_items: readonly FailedItem[];
  /** Units that wait for a person. */
  readonly held?: number;
};
