import { dependentsOf } from './levels.js';
import { streamedStage } from './map-plan.js';
import type { StagePlan } from './plan.js';

/**
 * What each stage still waits for: the end of those that it depends on, or the start of the one whose chunks its map goes
 * over. Costs O(1) per dependency over a whole run.
 */
export class OpenNeeds {
  /** Stages that wait for the end of a stage, by that stage. */
  readonly #dependents: ReadonlyMap<string, readonly string[]>;
  /** Stages that wait only for its start. */
  readonly #followers = new Map<string, readonly string[]>();
  readonly #open = new Map<string, number>();
  /** Stages with followers that have started. */
  readonly #followed = new Set<string>();

  constructor(stages: readonly StagePlan[]) {
    this.#dependents = dependentsOf(stages);
    for (const list of this.#dependents.values()) {
      for (const id of list) this.#open.set(id, (this.#open.get(id) ?? 0) + 1);
    }
    for (const { id, map } of stages) {
      const producer = streamedStage(map);
      if (producer !== null) this.#followers.set(producer, [...(this.#followers.get(producer) ?? []), id]);
    }
  }

  /** Books the start of a stage, and gives the stages that wait for nothing more. */
  started(id: string): readonly string[] {
    const followers = this.#followers.get(id);
    if (followers === undefined || this.#followed.has(id)) return [];
    this.#followed.add(id);
    return followers.filter((follower) => this.#meet(follower));
  }

  /** Books the end of a stage, and gives the stages that wait for nothing more. */
  ended(id: string): readonly string[] {
    const met = this.#followed.has(id) ? this.#followers.get(id) : undefined;
    const waiting = this.#dependents.get(id) ?? [];
    return waiting.filter((dependent) => met?.includes(dependent) !== true && this.#meet(dependent));
  }

  #meet(id: string): boolean {
    const open = (this.#open.get(id) ?? 0) - 1;
    this.#open.set(id, open);
    return open === 0;
  }
}
