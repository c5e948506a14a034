import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { StageFailure } from '../../activities/stage-failure.js';
import type { StageContext } from '../../activities/stage-function.js';
import { NODE_ERROR } from '../node-errors.js';
import type { Prices } from './model.js';

/** What a run may spend; every stage that asks a model takes it. */
export const budgetParams = {
  /** Fails with `BudgetExceeded` before a call that could bring the cost of the run above this. */
  budget: z.number().nonnegative().nullish(),
  /** What the run has spent elsewhere, as `metrics.cost` tells it. */
  spent: z.number().nonnegative().nullish(),
};

export type Budget = {
  readonly budget?: number | null | undefined;
  readonly spent?: number | null | undefined;
};

export type Tokens = { readonly input: number; readonly output: number };

/** What calls of each run cost in this process: also those whose stage has not ended, or failed in the end. */
const spentHere = new LRUCache<string, { cost: number }>({ max: 10_000 });

export function costOf({ input, output }: Tokens, prices: Prices): number {
  return (input * prices.input + output * prices.output) / 1_000_000;
}

/**
 * Makes a call if what it could cost at most is left, and books what it did cost. Calls at the same time count with what
 * they could cost, so that together they stay below the limit too.
 */
export async function withinBudget<T>(
  { budget, spent }: Budget,
  { ctx, most }: { readonly ctx: StageContext; readonly most: () => Promise<number> },
  call: () => Promise<{ readonly result: T; readonly cost: number }>,
): Promise<T> {
  const book = bookOf(ctx.run.id);
  const isLimited = typeof budget === 'number';
  const reserved = isLimited ? await most() : 0;
  if (isLimited) checkLeft(Math.max(spent ?? 0, book.cost), reserved, budget, ctx);
  book.cost += reserved;
  try {
    const { result, cost } = await call();
    book.cost += cost;
    return result;
  } finally {
    book.cost -= reserved;
  }
}

function bookOf(run: string): { cost: number } {
  const book = spentHere.get(run) ?? { cost: 0 };
  spentHere.set(run, book);
  return book;
}

function checkLeft(spent: number, next: number, budget: number, { run, stage }: StageContext): void {
  if (spent + next <= budget) return;
  throw new StageFailure(
    `The run has spent ${shown(spent)} of its budget of ${shown(budget)}, and this call could cost ${shown(next)}. To go on, raise it: sluice retry ${run.workflow_id} ${stage.id} --param budget=${shown(spent + Math.max(next, budget))}`,
    { type: NODE_ERROR.budgetExceeded, retryable: false },
  );
}

function shown(amount: number): string {
  return String(Number(amount.toPrecision(4)));
}
