import { defineSignal } from '@temporalio/workflow';
import type { MapProgress } from '../../engine/map-shard.js';

/** Sent by the workflows of a map to the one above them. */
export const mapProgressSignal = defineSignal<[MapProgress]>('map_progress');
