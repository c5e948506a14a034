import { describe, expect, it } from 'vitest';
import type { IndicatorRow } from '../lib/indicator-row.js';
import { type Bar, computeIndicators } from '../lib/indicators.js';
import { ATR_EXAMPLE, BANDS_EXAMPLE, type Column, MACD_EXAMPLE, RSI_EXAMPLE } from './support/published.js';

describe('indicators agree to a millionth with published examples', () => {
  it('relative strength index', () => {
    expectColumn(computeIndicators(flat(RSI_EXAMPLE.close), 20), 'rsi', RSI_EXAMPLE.rsi);
  });

  it('average true range', () => {
    const bars = ATR_EXAMPLE.bars.map(([high, low, close], index) => ({
      day: dayOf(index),
      open: close,
      high,
      low,
      close,
    }));
    expectColumn(computeIndicators(bars, 20), 'atr', ATR_EXAMPLE.atr);
  });

  it('Bollinger bands, and the simple mean in their middle', () => {
    const rows = computeIndicators(flat(BANDS_EXAMPLE.close), 20);
    expectColumn(rows, 'band_low', BANDS_EXAMPLE.low);
    expectColumn(rows, 'band_mid', BANDS_EXAMPLE.mid);
    expectColumn(rows, 'band_high', BANDS_EXAMPLE.high);
    expectColumn(rows, 'sma', BANDS_EXAMPLE.mid);
  });

  it('exponential means, MACD and its signal', () => {
    const { close, last, macd } = MACD_EXAMPLE;
    const bars = flat(close);
    const [short, long] = [computeIndicators(bars, 12), computeIndicators(bars, 26)];
    for (const [index, value] of macd.entries()) expectNear(short[25 + index]?.macd, value);
    expectNear(short.at(-1)?.ema, last.short);
    expectNear(long.at(-1)?.ema, last.long);
    expectNear(short.at(-1)?.macd, last.macd);
    expectNear(short.at(-1)?.macd_signal, last.signal);
  });
});

function flat(closes: readonly number[]): Bar[] {
  return closes.map((close, index) => ({ day: dayOf(index), open: close, high: close, low: close, close }));
}

function dayOf(index: number): string {
  return String(index + 1).padStart(4, '0');
}

function expectColumn(
  rows: readonly IndicatorRow[],
  name: Exclude<keyof IndicatorRow, 'day' | 'close'>,
  expected: Column,
): void {
  expect(rows.findIndex((row) => row[name] !== null)).toBe(expected.from);
  expect(rows).toHaveLength(expected.from + expected.values.length);
  for (const [index, value] of expected.values.entries())
    expectNear(rows[expected.from + index]?.[name], value);
}

function expectNear(value: number | null | undefined, expected: number): void {
  expect(Math.abs((value ?? Number.NaN) - expected)).toBeLessThan(1e-6);
}
