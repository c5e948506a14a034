import { setHandler } from '@temporalio/workflow';
import type { HoldReport } from '../../engine/held-unit.js';
import type { MapLimits, MapProgress } from '../../engine/map-shard.js';
import type { ItemSummary } from '../../engine/result.js';
import { mapHeldSignal, mapProgressSignal } from './messages.js';

/** A map that runs in this workflow, or in one that this workflow started. */
export interface LiveMap {
  /** Lets running items end and starts no more; the stage ends as cancelled. */
  stopStarting(): void;
  /** With what is done so far, where it is known here and asked for: a run that is terminated leaves nothing else. */
  summary(withLedger?: boolean): ItemSummary;
  /** Takes in what the workflow of the map reports. */
  progress?(report: MapProgress): void;
  /** Takes in which of its items are held. */
  holds?(report: HoldReport): void;
}

/** The maps that run in one workflow. */
export class MapHost {
  readonly limits: MapLimits & Required<Pick<MapLimits, 'inline' | 'shard'>>;
  readonly #maps = new Map<string, LiveMap>();
  /** Activities that maps which run in this workflow may still add to its history. */
  #reserved = 0;
  #isListening = false;

  constructor(limits: MapLimits = {}) {
    this.limits = { inline: 1_000, shard: 1_000, ...limits };
  }

  add(stage: string, map: LiveMap): void {
    if (!this.#isListening) this.#listen();
    this.#maps.set(stage, map);
  }

  remove(stage: string): void {
    this.#maps.delete(stage);
  }

  get(stage: string): LiveMap | undefined {
    return this.#maps.get(stage);
  }

  /** After this no map starts an item; those that run end. */
  stopStarting(): void {
    for (const map of this.#maps.values()) map.stopStarting();
  }

  get reserved(): number {
    return this.#reserved;
  }

  reserve(activities: number): void {
    this.#reserved += activities;
  }

  /** Not before there is a map: people who look for a signal to send should find theirs first. */
  #listen(): void {
    this.#isListening = true;
    setHandler(mapProgressSignal, (report) => this.get(report.stage)?.progress?.(report), {
      description: 'Sent by the shards of a map',
    });
    setHandler(mapHeldSignal, (report) => this.get(report.stage)?.holds?.(report), {
      description: 'Sent by the shards of a map',
    });
  }
}
