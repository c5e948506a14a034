import type { Json } from '../shared/json.js';
import type { CollectedPart } from '../shared/map-task.js';
import type { IndexRange, IndexSet } from './index-ranges.js';
import type { FailedItem } from './result.js';

/**
 * What is known of the items of a map, small enough to travel: a later run reuses what is done and runs the rest.
 * It is part of a stage's result (`items.ledger`) whenever not every item succeeded, and the input of a run that goes on
 * from there (`RunInput.reuse_items`, by stage ID).
 */
export type ItemLedger = {
  /** Items in all; null while a paged source has not come to its end. */
  readonly total: number | null;
  /** Items that succeeded or were themselves reused. */
  readonly done: readonly IndexRange[];
  /** Items that failed for good. */
  readonly failed: readonly IndexRange[];
  /** Outputs of `done` in order of position; null where the map keeps none (`collect: count`). */
  readonly outputs: readonly Json[] | null;
  /**
   * Where results are that the map kept in the store (`collect: file`). The result of an item that is done is the first
   * line for its position that is not null; parts of several runs may overlap.
   */
  readonly parts?: readonly PartAt[];
};

/** Results of consecutive items in the store, from position `first` on, `part.count` of them. */
export type PartAt = { readonly first: number; readonly part: CollectedPart };

/** Failed items that are listed with their error; of further ones only the positions are kept. */
export const MOST_FAILED_LISTED = 100;

/** The first failures by position, at most {@link MOST_FAILED_LISTED}. */
export function firstFailures(lists: ReadonlyArray<readonly FailedItem[]>): readonly FailedItem[] {
  return lists
    .flat()
    .toSorted((a, b) => a.index - b.index)
    .slice(0, MOST_FAILED_LISTED);
}

/** The part of a ledger that is about `count` items from position `first` on; null where there is nothing to reuse. */
export function sliceLedger(ledger: ItemLedger, first: number, count: number): ItemLedger | null {
  const done: IndexRange[] = [];
  const outputs: Json[] = [];
  let position = 0;
  for (const [from, to] of ledger.done) {
    const low = Math.max(from, first);
    const high = Math.min(to, first + count);
    if (low < high) {
      done.push([low, high]);
      const at = position + low - from;
      for (const output of ledger.outputs?.slice(at, at + high - low) ?? []) outputs.push(output);
    }
    position += to - from;
  }
  if (done.length === 0) return null;
  const parts = partsWithin(ledger.parts ?? [], first, count);
  return {
    total: count,
    done,
    failed: [],
    outputs: ledger.outputs === null ? null : outputs,
    ...(parts.length === 0 ? {} : { parts }),
  };
}

/** The parts that hold lines of any of these positions. */
export function partsOver(parts: readonly PartAt[], positions: IndexSet): readonly PartAt[] {
  const { ranges } = positions;
  return parts.filter((at) => ranges.some(([from, to]) => partsWithin([at], from, to - from).length > 0));
}

/** The parts that hold lines of these positions. */
function partsWithin(parts: readonly PartAt[], first: number, count: number): readonly PartAt[] {
  return parts.filter((at) => at.first < first + count && at.first + at.part.count > first);
}
