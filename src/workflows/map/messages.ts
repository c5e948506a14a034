import { defineSignal } from '@temporalio/workflow';
import type { MapProgress } from '../../engine/map-shard.js';
import type { StreamEnd } from '../../engine/stream-end.js';

/** Sent by the workflows of a map to the one above them. */
export const mapProgressSignal = defineSignal<[MapProgress]>('map_progress');

/** Sent by a run to its map over the chunks of a stage, when that stage has ended. */
export const streamEndedSignal = defineSignal<[StreamEnd]>('stream_ended');
