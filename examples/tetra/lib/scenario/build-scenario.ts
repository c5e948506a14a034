import type { Bar } from '../indicators.js';
import type { PriceBar } from '../prices.js';
import { returnsOf } from '../risk.js';
import { applyStress, stressDays } from './apply-stress.js';
import { barsOf, dayShapes, drawShapes } from './day-shapes.js';
import type { ScenarioSpec, StressEffect } from './scenario-spec.js';
import { seedOf } from './seed-of.js';

/** Prices of the past that scenarios are made of. */
export type Past = {
  readonly symbol: string;
  readonly bars: readonly PriceBar[];
  /** Months of the market as a whole, for crises that are replayed. */
  readonly market: readonly PriceBar[];
};

/** The bars of one symbol in a scenario; the same ones each time. A window may hold none. */
export function buildScenario(spec: ScenarioSpec, past: Past): Bar[] {
  if (spec.kind === 'historical') {
    return past.bars.filter((bar) => bar.day >= spec.from && bar.day <= spec.to).map(adjustedBar);
  }
  const shapes = dayShapes(past.bars);
  const seed = seedOf(spec.seed, spec.id, past.symbol);
  if (spec.kind === 'bootstrap') return barsOf(drawShapes(shapes, { ...spec, seed }));
  const market = replayed(spec.effect, past.market);
  const days = stressDays(spec.effect, spec.days, market);
  return barsOf(applyStress(drawShapes(shapes, { ...spec, days, seed }), spec.effect, market));
}

function replayed(effect: StressEffect, market: readonly PriceBar[]): number[] {
  if (!('replay' in effect)) return [];
  const { from, to } = effect.replay;
  return returnsOf(market.filter((bar) => bar.day >= from && bar.day <= to).map((bar) => bar.close));
}

function adjustedBar(bar: PriceBar): Bar {
  const scale = bar.adjusted / bar.close;
  return {
    day: bar.day,
    open: bar.open * scale,
    high: bar.high * scale,
    low: bar.low * scale,
    close: bar.adjusted,
  };
}
