/** Consecutive positions from `from` up to, and not including, `to`. */
export type IndexRange = readonly [from: number, to: number];

/** A set of positions, kept as ranges: a million items that all ended well take the room of one. */
export class IndexSet {
  /** Ascending, never touching. */
  readonly #ranges: [number, number][] = [];
  #size = 0;

  constructor(ranges: readonly IndexRange[] = []) {
    for (const [from, to] of ranges) this.addRange(from, to);
  }

  get size(): number {
    return this.#size;
  }

  get ranges(): readonly IndexRange[] {
    return this.#ranges.map(([from, to]) => [from, to]);
  }

  has(index: number): boolean {
    const range = this.#ranges[this.#before(index)];
    return range !== undefined && index < range[1];
  }

  add(index: number): void {
    this.addRange(index, index + 1);
  }

  /** Adds all of `from` up to `to`, which is not included; what is there already stays. */
  addRange(from: number, to: number): void {
    if (from >= to) return;
    const before = this.#before(from);
    const left = this.#ranges[before];
    const start = left !== undefined && left[1] >= from ? before : before + 1;
    let end = start;
    let low = from;
    let high = to;
    for (let at = this.#ranges[end]; at !== undefined && at[0] <= to; at = this.#ranges[end]) {
      low = Math.min(low, at[0]);
      high = Math.max(high, at[1]);
      this.#size -= at[1] - at[0];
      end += 1;
    }
    this.#size += high - low;
    if (end === start + 1) this.#ranges[start] = [low, high];
    else this.#ranges.splice(start, end - start, [low, high]);
  }

  /** Position among the ranges of the last one that begins at or before an index; -1 when there is none. */
  #before(index: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle]?.[0] ?? Number.POSITIVE_INFINITY) <= index) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
