import type { Json } from '../shared/json.js';
import { ItemBook, type ItemEnd } from './item-book.js';
import type { ChunkResult } from './map-shard.js';
import type { StagePlan } from './plan.js';
import type { StageOutcome } from './stage-record.js';

/** A unit of a large map that is out of attempts: one item, or a batch whose action runs once for all of it. */
export type HeldUnit = {
  readonly positions: readonly number[];
  /** Those at the positions; null for a range, whose items are their positions. */
  readonly items: readonly Json[] | null;
  readonly failure: StageOutcome;
  readonly held_at: string;
};

/** What the coordinator of a map tells its run: units that wait, by their first position, and units that are done. */
export type HoldReport = {
  readonly stage: string;
  readonly held: readonly HoldNotice[];
  readonly done: readonly number[];
};

export type HoldNotice = Pick<HeldUnit, 'failure' | 'held_at'> & {
  readonly index: number;
  /** Items in it. */
  readonly size: number;
};

/** What was decided about a unit: how it ends, or how its stage runs it again. */
export type UnitDecision = {
  readonly index: number;
  readonly end?: StageOutcome;
  readonly again?: Pick<StagePlan, 'action' | 'retry' | 'timeout_ms'>;
};

/** What a coordinator holds, in a form that travels into its next history. */
export type CarriedHolds = {
  readonly units: readonly HeldUnit[];
  /** Units that were held so far. */
  readonly ever: number;
};

/** The longest message of an error that travels with a held unit. */
const LONGEST_MESSAGE = 2_000;

/** The failure that a unit waits with. */
export function heldFailure({ status, error, attempts }: StageOutcome): StageOutcome {
  return {
    status,
    ...(error === undefined ? {} : { error: { ...error, message: error.message.slice(0, LONGEST_MESSAGE) } }),
    ...(attempts === undefined ? {} : { attempts }),
  };
}

/** What became of a unit that does not run again, as its map counts it. */
export function unitResult(
  { positions }: HeldUnit,
  ends: readonly ItemEnd[],
  { keepsOutputs }: { readonly keepsOutputs: boolean },
): ChunkResult {
  const first = positions[0] ?? 0;
  const count = (positions.at(-1) ?? first) + 1 - first;
  const book = new ItemBook({
    first,
    count,
    batchSize: count,
    failuresLeft: null,
    keepsOutputs,
    reuse: null,
    only: positions,
  });
  book.next();
  positions.forEach((index, at) => book.end(index, ends[at] ?? { status: 'cancelled' }));
  return { ...book.result(), state: {}, metrics: {}, versions: {}, artifacts: [], part: null };
}
