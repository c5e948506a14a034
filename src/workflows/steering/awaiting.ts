import { upsertMemo } from '@temporalio/workflow';
import type { AwaitedStage } from '../../shared/awaited.js';
import { publishAwaiting } from '../search-attributes.js';

/** Entries of each kind in the memo: hundreds of held items would fill the history with it. */
const MOST_SHOWN: Readonly<Record<AwaitedStage['kind'], number>> = { approval: 100, held: 20 };

/**
 * Publishes what waits for people: in the run's memo, with all that a list needs to show, and in a search attribute by
 * which such runs are found. So nobody has to ask every run, and no worker has to answer. Of very many the memo holds the
 * first ones, and how many more there are.
 */
export class Awaiting {
  readonly #stages = new Map<string, AwaitedStage>();
  #shown = '';
  #hasMore = false;

  /** Says what a stage waits for; null once it waits no more. */
  set(stage: string, awaited: AwaitedStage | null): void {
    if (awaited === null && !this.#stages.has(stage)) return;
    if (awaited === null) this.#stages.delete(stage);
    else this.#stages.set(stage, awaited);
    const shown = this.#firstOnes();
    const more = this.#stages.size - shown.length;
    upsertMemo({
      ...this.#changed(shown),
      ...(more > 0 || this.#hasMore ? { awaiting_more: more || null } : {}),
    });
    this.#hasMore = more > 0;
    publishAwaiting([...this.#stages.values()].map(({ kind }) => kind));
  }

  #firstOnes(): readonly (readonly [string, AwaitedStage])[] {
    const seen = { approval: 0, held: 0 };
    return [...this.#stages].filter(([, { kind }]) => {
      seen[kind] += 1;
      return seen[kind] <= MOST_SHOWN[kind];
    });
  }

  /** What is shown, unless it stands there already. The memo is written all the same: see {@link HoldDesk}. */
  #changed(shown: readonly (readonly [string, AwaitedStage])[]): { readonly awaiting?: object | null } {
    const text = JSON.stringify(shown);
    if (text === this.#shown && this.#hasMore) return {};
    this.#shown = text;
    return { awaiting: shown.length === 0 ? null : Object.fromEntries(shown) };
  }
}
