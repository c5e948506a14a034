import { defineSignal } from '@temporalio/workflow';
import type { HeldUnit, HoldReport, UnitDecision } from '../../engine/held-unit.js';
import type { MapProgress } from '../../engine/map-shard.js';
import type { StreamEnd } from '../../engine/stream-end.js';

/** Sent by the workflows of a map to the one above them. */
export const mapProgressSignal = defineSignal<[MapProgress]>('map_progress');

/** Sent by a run to its map over the chunks of a stage, when that stage has ended. */
export const streamEndedSignal = defineSignal<[StreamEnd]>('stream_ended');

/** Sent by a shard to the coordinator that holds its failed units; its result tells of all of them again. */
export const mapFailedSignal = defineSignal<[FailedUnits]>('map_failed');

export type FailedUnits = { readonly shard: string; readonly units: readonly HeldUnit[] };

/** Sent by a coordinator to the run, where people decide about what is held. */
export const mapHeldSignal = defineSignal<[HoldReport]>('map_held');

/** Sent by the run to the coordinator. */
export const mapDecidedSignal = defineSignal<[UnitDecision]>('map_decided');
