/** The period is looked at in so many steps: a start counts for at most this part of it longer than it must. */
const STEPS = 100;

/**
 * Counts starts in a sliding window, exactly as many as are allowed and never more. Starts of one step of the period are
 * kept together, so that a window costs the same for ten starts and for ten thousand.
 */
export class RateWindow {
  /** The end of a step, and how many started within it; oldest first. */
  #steps: Array<readonly [end: number, starts: number]>;

  constructor(steps: ReadonlyArray<readonly [number, number]> = []) {
    this.#steps = [...steps];
  }

  /** Books a start. */
  add(now: number, perMs: number): void {
    const step = Math.max(perMs / STEPS, 1);
    const end = Math.ceil(now / step) * step;
    const last = this.#steps.at(-1);
    if (last !== undefined && last[0] >= end) this.#steps[this.#steps.length - 1] = [last[0], last[1] + 1];
    else this.#steps.push([end, 1]);
  }

  /** When the next start is allowed; `now` or earlier means at once. */
  opensAt(now: number, limit: number, perMs: number): number {
    this.#forget(now - perMs);
    let count = this.#count();
    if (count < limit) return now;
    for (const [end, starts] of this.#steps) {
      count -= starts;
      if (count < limit) return end + perMs;
    }
    return now;
  }

  /** True when nothing that started still counts. */
  isEmpty(now: number, perMs: number): boolean {
    this.#forget(now - perMs);
    return this.#steps.length === 0;
  }

  get steps(): ReadonlyArray<readonly [number, number]> {
    return this.#steps;
  }

  #forget(before: number): void {
    const kept = this.#steps.findIndex(([end]) => end > before);
    if (kept === -1) this.#steps = [];
    else if (kept > 0) this.#steps.splice(0, kept);
  }

  #count(): number {
    let count = 0;
    for (const [, starts] of this.#steps) count += starts;
    return count;
  }
}
