import type { ItemSummary } from '../../engine/result.js';

/** A map that runs in this workflow, or in one that this workflow started. */
export interface LiveMap {
  /** Starts what may start; asked again after a pause. */
  pump(): void;
  /** Hands on to other workflows that no new item may start, or that they may again. */
  pause(isPaused: boolean): void;
  /** Lets running items end and starts no more; the stage ends as cancelled. */
  stopStarting(): void;
  summary(): ItemSummary;
}

/**
 * The maps that run in one workflow. Whoever pauses the run calls {@link pause} and {@link unpause}; whoever stops it
 * after the wave calls {@link stopStarting}.
 */
export class MapHost {
  readonly #maps = new Map<string, LiveMap>();
  #isPaused = false;
  /** Events that maps which run in this workflow may still add to its history. */
  #reservedEvents = 0;

  get isPaused(): boolean {
    return this.#isPaused;
  }

  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    for (const map of this.#maps.values()) map.pause(true);
  }

  unpause(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    for (const map of this.#maps.values()) {
      map.pause(false);
      map.pump();
    }
  }

  stopStarting(): void {
    for (const map of this.#maps.values()) map.stopStarting();
  }

  add(stage: string, map: LiveMap): void {
    this.#maps.set(stage, map);
  }

  remove(stage: string): void {
    this.#maps.delete(stage);
  }

  get(stage: string): LiveMap | undefined {
    return this.#maps.get(stage);
  }

  get reservedEvents(): number {
    return this.#reservedEvents;
  }

  reserve(events: number): void {
    this.#reservedEvents += events;
  }
}
