import { z } from 'sluice';

const value = z.number().nullable();

/** The figures of one day; null until an indicator has seen enough days. */
export const indicatorRow = z.object({
  day: z.string(),
  close: z.number(),
  sma: value,
  sma_slow: value,
  ema: value,
  rsi: value,
  macd: value,
  macd_signal: value,
  band_low: value,
  band_mid: value,
  band_high: value,
  atr: value,
  momentum: value,
});

export type IndicatorRow = z.output<typeof indicatorRow>;
