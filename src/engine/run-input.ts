import type { MapLimits } from './map-shard.js';
import type { Json, JsonObject } from '../shared/json.js';
import type { Partition } from '../shared/partition.js';
import type { ItemLedger } from './map-ledger.js';
import type { PackedPlan } from './pack-plan.js';
import type { StageResult } from './result.js';
import type { ReusedRun } from './reuse.js';
import type { Alarm, Amendment, OpenStage, Paused } from './steering.js';
import type { StopReason } from './verdict.js';

/** The only argument of the `pipeline` workflow. */
export type RunInput = {
  readonly plan: PackedPlan;
  /** Checked against `plan.inputs`, with the defaults filled in. */
  readonly inputs: JsonObject;
  /** The plan's variables with those of the mode on top. */
  readonly variables: JsonObject;
  readonly mode: string | null;
  /** True for a run that leaves a summary in its memo when it ends; runs of before did not. */
  readonly summary?: true;
  /** True for a run that writes into its history what its activities do not tell; runs of before did not. */
  readonly journal?: true;
  /** The window of time that the run is for, where a backfill started it. */
  readonly partition?: Partition;
  /** True when `requires` was overridden by a person. */
  readonly forced?: boolean;
  /** Set when a schedule started the run: nobody could check `requires` before it began. */
  readonly schedule?: { readonly id: string };
  /** What was not met then, in words. */
  readonly forced_past?: readonly string[];
  /** Set where a backfill started the run: it checks `requires` itself, as a scheduled one does. */
  readonly check_requires?: true;
  /** Set when the run was made from an earlier one. */
  readonly reuse?: ReusedRun;
  /** Items of maps that are done already, by stage ID: they are not run again. */
  readonly reuse_items?: Readonly<Record<string, ItemLedger>>;
  /** How long stages took in earlier runs, in milliseconds by stage ID, to tell early that a deadline will be missed. */
  readonly expected_ms?: Readonly<Record<string, number>>;
  /** Public keys by the names of those who may approve; with any, a decision counts only if it is signed. */
  readonly approval_keys?: Readonly<Record<string, string>>;
  /** Sizes from which on maps are divided over workflows, in activities; given by tests only. */
  readonly map_limits?: MapLimits;
  /** Set by continue-as-new only. */
  readonly carried?: CarriedRun;
};

/** What a run takes along into its next history. Nothing runs at that moment but waits for people. */
export type CarriedRun = {
  readonly started_at: string;
  /** Stages that ended, in the order in which they ended. */
  readonly ended: ReadonlyArray<readonly [id: string, result: StageResult]>;
  readonly state: Readonly<Record<string, Json>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
  readonly stopped: StopReason | null;
  /** Run ID of the lock that keeps the concurrency group for the next history. */
  readonly group_lock?: string;
  /** Stages that wait for people. */
  readonly open?: readonly OpenStage[];
  readonly paused?: Paused | null;
  readonly amendments?: readonly Amendment[];
  readonly alarms?: readonly Alarm[];
};
