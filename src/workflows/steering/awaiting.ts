import { upsertMemo } from '@temporalio/workflow';
import type { AwaitedStage } from '../../shared/awaited.js';
import { publishAwaiting } from '../search-attributes.js';

/**
 * Publishes what waits for people: in the run's memo, with all that a list needs to show, and in a search attribute by
 * which such runs are found. So nobody has to ask every run, and no worker has to answer.
 */
export class Awaiting {
  readonly #stages = new Map<string, AwaitedStage>();

  /** Says what a stage waits for; null once it waits no more. */
  set(stage: string, awaited: AwaitedStage | null): void {
    if (awaited === null && !this.#stages.has(stage)) return;
    if (awaited === null) this.#stages.delete(stage);
    else this.#stages.set(stage, awaited);
    upsertMemo({ awaiting: this.#stages.size === 0 ? null : Object.fromEntries(this.#stages) });
    publishAwaiting([...this.#stages.values()].map(({ kind }) => kind));
  }
}
