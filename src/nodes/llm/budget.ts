import { z } from 'zod';
import type { Reservation } from '../../activities/run-budget.js';
import { StageFailure } from '../../activities/stage-failure.js';
import type { StageContext } from '../../activities/stage-function.js';
import { NODE_ERROR } from '../node-errors.js';
import type { Prices } from './model.js';
import { LostAnswer } from './model-failure.js';

/** What a run may spend; every stage that asks a model takes it. */
export const budgetParams = {
  /** Fails with `BudgetExceeded` before a call that could bring the cost of the run above this. */
  budget: z.number().nonnegative().nullish(),
  /** What else belongs to the cost of the run, as `metrics.cost` tells it. */
  spent: z.number().nonnegative().nullish(),
};

export type Budget = {
  readonly budget?: number | null | undefined;
  readonly spent?: number | null | undefined;
};

export type Tokens = { readonly input: number; readonly output: number };

type Priced = {
  readonly ctx: StageContext;
  readonly prices: Prices;
  /** What the call takes at most. */
  readonly most: () => Promise<Tokens>;
};

export function costOf({ input, output }: Tokens, prices: Prices): number {
  return (input * prices.input + output * prices.output) / 1_000_000;
}

/** What is set aside for a call that is under way. Ending it twice changes nothing. */
export type Booking = {
  /** The call has ended well and cost so much. */
  settle(cost: number): Promise<void>;
  /** It has failed, or was given up: what a service may bill stays booked with the most that it can be. */
  abandon(error: unknown): Promise<void>;
};

/**
 * Sets aside what a call could cost at most, if that is left. All calls of a run are in one book, whichever workers make
 * them, and those under way count with what they could cost: together they stay below the limit.
 */
export async function bookCall({ budget, spent }: Budget, { ctx, prices, most }: Priced): Promise<Booking> {
  if (prices.input === 0 && prices.output === 0) return FREE_OF_CHARGE;
  const next = costOf(await most(), prices);
  const limit = budget ?? undefined;
  const reservation = await ctx.budget('cost').reserve({ most: next, limit, before: spent ?? undefined });
  if (!reservation.granted) throw exceeded(reservation, { next, budget: limit ?? 0, ctx });
  let isOpen = true;
  const settle = async (cost: number): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await reservation.settle(cost).catch((error: unknown) => {
      // The answer has been paid for: losing it would cost more than a count that is too high.
      ctx.log.warn(
        `A call counts with ${shown(next)} in the budget, its cost could not be booked: ${String(error)}`,
      );
    });
  };
  return {
    settle,
    abandon: (error) => settle(ctx.signal.aborted || error instanceof LostAnswer ? next : 0),
  };
}

const FREE_OF_CHARGE: Booking = { settle: () => Promise.resolve(), abandon: () => Promise.resolve() };

type Refused = Extract<Reservation, { granted: false }>;

function exceeded(
  { spent, reserved }: Refused,
  {
    next,
    budget,
    ctx: { run, stage },
  }: { readonly next: number; readonly budget: number; readonly ctx: StageContext },
): StageFailure {
  const others = reserved === 0 ? '' : `, calls under way could cost ${shown(reserved)}`;
  const enough = spent + reserved + Math.max(next, budget);
  return new StageFailure(
    `The run has spent ${shown(spent)} of its budget of ${shown(budget)}${others}, and this call could cost ${shown(next)}. To go on, raise it: sluice retry ${run.workflow_id} ${stage.id} --param budget=${shown(enough)}`,
    { type: NODE_ERROR.budgetExceeded, retryable: false },
  );
}

function shown(amount: number): string {
  return String(Number(amount.toPrecision(4)));
}
