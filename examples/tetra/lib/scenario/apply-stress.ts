import { mean } from 'simple-statistics';
import type { DayShape } from './day-shapes.js';
import { scaled } from './day-shapes.js';
import type { StressEffect } from './scenario-spec.js';

/** Trading days in a month. */
const MONTH = 21;

/**
 * Lays a crisis over drawn days. A replay takes the days' own drift away and spreads the market's return of each month
 * over 21 of them; a shock lets the price fall in one day and makes the days after it wilder.
 */
export function applyStress(
  shapes: readonly DayShape[],
  effect: StressEffect,
  market: readonly number[],
): DayShape[] {
  return 'replay' in effect ? replay(shapes, market) : shock(shapes, effect.shock);
}

/** How many days a crisis needs: those of the replayed months, or as many as were asked for. */
export function stressDays(effect: StressEffect, asked: number, market: readonly number[]): number {
  return 'replay' in effect ? market.length * MONTH : asked;
}

function replay(shapes: readonly DayShape[], market: readonly number[]): DayShape[] {
  const drift = Math.exp(mean(shapes.map((shape) => Math.log(shape.close))));
  return shapes.map((shape, day) => {
    const month = market[Math.floor(day / MONTH)] ?? 0;
    return scaled(shape, (1 + month) ** (1 / MONTH) / drift);
  });
}

function shock(
  shapes: readonly DayShape[],
  plan: Extract<StressEffect, { shock: unknown }>['shock'],
): DayShape[] {
  return shapes.map((shape, day) => {
    if (day === plan.after) return scaled(shape, 1 - plan.fall);
    const isWild = day > plan.after && day <= plan.after + plan.wild_days;
    return isWild ? wilder(shape, plan.wildness) : shape;
  });
}

function wilder(shape: DayShape, times: number): DayShape {
  const power = (value: number): number => value ** times;
  return {
    open: power(shape.open),
    high: power(shape.high),
    low: power(shape.low),
    close: power(shape.close),
  };
}
