import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Bar } from '../indicators.js';
import type { PriceBar } from '../prices.js';

/** A day without its price level: each price over the close of the day before. */
export type DayShape = Omit<Bar, 'day'>;

/** The shapes of all days but the first, with dividends and splits worked in. */
export function dayShapes(bars: readonly PriceBar[]): DayShape[] {
  return bars.slice(1).map((bar, index) => {
    const before = bars[index]?.adjusted ?? bar.adjusted;
    const scale = bar.adjusted / bar.close / before;
    return {
      open: bar.open * scale,
      high: bar.high * scale,
      low: bar.low * scale,
      close: bar.close * scale,
    };
  });
}

/** Draws days in runs of `block` neighbours, so that calm and wild weeks stay together. Equal seeds draw equal days. */
export function drawShapes(
  past: readonly DayShape[],
  plan: { readonly days: number; readonly block: number; readonly seed: number },
): DayShape[] {
  if (past.length === 0) throw new Error('There are no days to draw from.');
  const random = xoroshiro128plus(plan.seed);
  let source = 0;
  return Array.from({ length: plan.days }, (_, day) => {
    source = day % plan.block === 0 ? uniformInt(random, 0, past.length - 1) : (source + 1) % past.length;
    return past[source] ?? { open: 1, high: 1, low: 1, close: 1 };
  });
}

/** Multiplies every price of a day. */
export function scaled(shape: DayShape, factor: number): DayShape {
  return {
    open: shape.open * factor,
    high: shape.high * factor,
    low: shape.low * factor,
    close: shape.close * factor,
  };
}

/** Bars whose first day follows a close of 100. Their days are counted: "0001", "0002", … */
export function barsOf(shapes: readonly DayShape[]): Bar[] {
  let before = 100;
  return shapes.map((shape, index) => {
    const bar = { day: String(index + 1).padStart(4, '0'), ...scaled(shape, before) };
    before = bar.close;
    return bar;
  });
}
