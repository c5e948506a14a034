import type { Template } from './plan.js';

/** Fan-out: the stage's action runs once for each item. */
export type MapPlan = {
  readonly over: MapSource;
  /** The name of one item in the stage's expressions; its position is always `index`, from 0. */
  readonly as: string;
  /**
   * Items that travel together in one activity. Expressions that read the item run once for each; those that read
   * `batch`, the list of them, make the action run once for the whole batch.
   */
  readonly batch_size: number;
  /** True when the action reads `batch`. */
  readonly whole_batch: boolean;
  /** Most activities of this map that run at once; null leaves it to the engine. */
  readonly max_concurrency: number | null;
  readonly on_item_failure: ItemFailurePolicy;
  readonly collect: MapCollect;
};

export type MapSource =
  | { readonly type: 'list'; readonly list: Template }
  /** 0 to n-1; a number or a template that gives one. */
  | { readonly type: 'range'; readonly range: Template }
  /** A stage function that is given `with` and a `cursor` (null first) and returns `{ items, next }`; `next: null` ends. */
  | { readonly type: 'pages'; readonly uses: string; readonly with: Template }
  /** The chunks that a stage gives, from the moment on that it starts. */
  | { readonly type: 'stream'; readonly stage: string };

/** The stage fails at the first failed item (both limits 0), or once more failed than either limit allows; null is no limit. */
export type ItemFailurePolicy = {
  readonly max_failures: number | null;
  /** Share of all items, 0 to 1; judged when all have ended. */
  readonly max_failure_ratio: number | null;
};

/**
 * - `list`: the output is the list of results in input order, null for a failed item.
 * - `count`: the output is `{ total, succeeded, failed, reused }`.
 * - `file`: the output is `{ file, count, … }`; the results are JSON Lines in the store, in input order.
 */
export type MapCollect = 'list' | 'count' | 'file';

/** The stage whose chunks a map goes over while they come; null for all other maps. */
export function streamedStage(map: MapPlan | null): string | null {
  return map?.over.type === 'stream' ? map.over.stage : null;
}
