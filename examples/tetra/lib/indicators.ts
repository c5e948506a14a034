import { ATR, BollingerBands, EMA, MACD, ROC, RSI, SMA } from 'trading-signals';
import type { IndicatorRow } from './indicator-row.js';

export type Bar = {
  readonly day: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
};

/** Days that momentum looks back: a quarter of trading days. */
const QUARTER = 63;

/**
 * One row for each bar; null until an indicator has seen enough bars. `window` is the length of SMA, EMA and bands; the
 * slow SMA takes two and a half times as many. Bands are two population standard deviations around the mean of the
 * typical price, (high + low + close) / 3. Momentum is the change over 63 days.
 */
export function computeIndicators(bars: readonly Bar[], window: number): IndicatorRow[] {
  const sma = new SMA(window);
  const smaSlow = new SMA(Math.round(window * 2.5));
  const ema = new EMA(window);
  const rsi = new RSI(14);
  const macd = new MACD(new EMA(12), new EMA(26), new EMA(9));
  const bands = new BollingerBands(window, 2);
  const atr = new ATR(14);
  const momentum = new ROC(QUARTER);
  return bars.map((bar) => {
    const { day, close } = bar;
    ema.add(close);
    const band = bands.add((bar.high + bar.low + close) / 3);
    const trend = macd.add(close);
    return {
      day,
      close,
      sma: sma.add(close),
      sma_slow: smaSlow.add(close),
      ema: ema.isStable ? ema.getResult() : null,
      rsi: rsi.add(close),
      macd: trend?.macd ?? null,
      macd_signal: trend?.signal ?? null,
      band_low: band?.lower ?? null,
      band_mid: band?.middle ?? null,
      band_high: band?.upper ?? null,
      atr: atr.add(bar),
      momentum: momentum.add(close),
    };
  });
}
