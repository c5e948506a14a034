import type { PoolHolder, PoolRequest } from './pool-messages.js';

/** A request with who made it. */
export type PoolEntry = { readonly holder: PoolHolder; readonly request: PoolRequest };

/**
 * A priority of one less is worth this much waiting. A waiter is overtaken only by those of a better priority who came
 * less than this, times the difference, after it: so nobody waits for ever.
 */
const AGEING_MS = 10 * 60 * 1000;

/** Those who wait for slots, in the order in which they are served. */
export class PoolLine {
  #entries: PoolEntry[] = [];

  get entries(): readonly PoolEntry[] {
    return this.#entries;
  }

  add(entry: PoolEntry): void {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(entry, this.#entries[middle])) high = middle;
      else low = middle + 1;
    }
    this.#entries.splice(low, 0, entry);
  }

  remove(unwanted: (entry: PoolEntry) => boolean): void {
    this.#entries = this.#entries.filter((entry) => !unwanted(entry));
  }
}

function isBefore(entry: PoolEntry, other: PoolEntry | undefined): boolean {
  return other === undefined || rankOf(entry.request) < rankOf(other.request);
}

function rankOf({ asked_at, priority }: PoolRequest): number {
  return asked_at + (priority - 1) * AGEING_MS;
}
