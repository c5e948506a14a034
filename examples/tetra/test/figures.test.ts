import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'sluice';
import { inMemory, rowsOf } from '../lib/duck.js';
import { computeIndicators } from '../lib/indicators.js';
import { fromProject } from '../lib/paths.js';
import { readPrices } from '../lib/prices.js';
import { maxDrawdown, measureRisk } from '../lib/risk.js';
import { compareMarkets } from '../stages/compare-markets.js';
import { computeIndicatorsStage } from '../stages/compute-indicators.js';
import { measureRiskStage } from '../stages/measure-risk.js';
import { simulateScenarios } from '../stages/simulate-scenarios.js';
import { storePrices } from '../stages/store-prices.js';
import { runStage } from './support/run-stage.js';
import { outFolder, SOURCES, stored, validated } from './support/sources.js';

describe('indicators', () => {
  it('agree with the Bollinger columns of the Apple file to a millionth on every day that has 20 before it', async () => {
    const database = await stored([SOURCES.aapl], await outFolder());
    const rows = computeIndicators(await readPrices(database, 'AAPL'), 20);
    const reference = await bollingerColumns();
    const both = rows.flatMap((row, index) =>
      row.band_mid === null ? [] : [{ row, expected: reference[index] }],
    );
    expect(both).toHaveLength(487);
    for (const { row, expected } of both) {
      expect(row.day).toBe(expected?.day);
      expect(row.band_low).toBeCloseTo(expected?.dn ?? Number.NaN, 6);
      expect(row.band_mid).toBeCloseTo(expected?.mavg ?? Number.NaN, 6);
      expect(row.band_high).toBeCloseTo(expected?.up ?? Number.NaN, 6);
    }
  });

  it('gives the figures of the last day', async () => {
    const out_dir = await outFolder();
    const database = await stored([SOURCES.aapl], out_dir);
    const { output } = await runStage(computeIndicatorsStage, { database, symbol: 'AAPL', out_dir });
    expect(output).toMatchObject({ rows: 506, day: '2017-02-16', close: 135.350006 });
    expect(output.sma).toBeCloseTo(127.6365, 4);
    expect(output.rsi).toBeCloseTo(88.717, 3);
    expect(output.macd).toBeCloseTo(4.3517, 4);
    expect(output.atr).toBeCloseTo(1.5775, 4);
  });
});

describe('the database', () => {
  it('holds the same rows after the same data was stored twice', async () => {
    const out_dir = await outFolder();
    const sets = [await validated(SOURCES.tsla, out_dir), await validated(SOURCES.aapl, out_dir)];
    const first = await runStage(storePrices, { sets, out_dir });
    const second = await runStage(storePrices, { sets, out_dir });
    expect(second.output).toEqual(first.output);
    expect(second.output.rows).toBe(756 + 506);
  });
});

describe('risk', () => {
  it('finds the fall from the highest peak to the lowest point after it', () => {
    const levels = [100, 120, 90, 130, 65, 100].map((value, index) => ({ day: `d${index}`, value }));
    expect(maxDrawdown(levels)).toEqual({ depth: 0.5, peak: 'd3', trough: 'd4' });
  });

  it('gives a flat series no return, no volatility and no Sharpe ratio', () => {
    const levels = [5, 5, 5, 5].map((value, index) => ({ day: `d${index}`, value }));
    expect(measureRisk(levels, { periods: 252, riskFree: 0 })).toMatchObject({
      annual_return: 0,
      annual_volatility: 0,
      sharpe: 0,
    });
  });

  it('measures Apple and Tesla', async () => {
    const database = await stored([SOURCES.aapl, SOURCES.tsla], await outFolder());
    const aapl = (await runStage(measureRiskStage, { database, symbol: 'AAPL' })).output;
    const tsla = (await runStage(measureRiskStage, { database, symbol: 'TSLA' })).output;
    expect(aapl.annual_return).toBeCloseTo(0.0493, 4);
    expect(aapl.annual_volatility).toBeCloseTo(0.2427, 4);
    expect(aapl.sharpe).toBeCloseTo(0.3196, 4);
    expect(aapl.var_95).toBeCloseTo(0.0249, 4);
    expect(aapl.max_drawdown).toMatchObject({
      depth: expect.closeTo(0.3044, 4),
      peak: '2015-05-22',
      trough: '2016-05-12',
    });
    expect(tsla.annual_volatility).toBeCloseTo(0.4397, 4);
    expect(tsla.max_drawdown).toMatchObject({
      depth: expect.closeTo(0.4014, 4),
      peak: '2015-12-31',
      trough: '2016-02-10',
    });
    expect(tsla.worst_day).toBeCloseTo(-0.139, 3);
  });
});

describe('scenarios', () => {
  it('are the same for the same seed and report their progress up to the end', async () => {
    const out_dir = await outFolder();
    const database = await stored([SOURCES.aapl], out_dir);
    const params = { database, symbol: 'AAPL', paths: 1000, seed: 20, out_dir };
    const first = await runStage(simulateScenarios, params);
    const second = await runStage(simulateScenarios, params);
    expect(second.output).toEqual(first.output);
    expect(first.noted.progress).toEqual([0.25, 0.5, 0.75, 1]);
    expect(first.output.p5).toBeLessThan(first.output.median);
    expect(first.output.median).toBeLessThan(first.output.p95);
  });
});

describe('markets', () => {
  it('shows that Apple falls on days when the VIX rises', async () => {
    const database = await stored([SOURCES.vix, SOURCES.aapl], await outFolder());
    const { output } = await runStage(compareMarkets, { database, symbols: ['VIX', 'AAPL'] });
    expect(output.correlations).toEqual([
      { a: 'AAPL', b: 'VIX', days: 505, correlation: expect.closeTo(-0.55, 1) },
    ]);
    expect(output.gauge).toMatchObject({ day: '2026-07-23', level: 18.7 });
    expect(output.regimes.reduce((sum, regime) => sum + regime.days, 0)).toBe(9235);
  });
});

/** The reference columns as the file gives them. */
async function bollingerColumns(): Promise<{ day: string; dn: number; mavg: number; up: number }[]> {
  const file = fromProject('data/aapl-2015-2017-plotly.csv');
  expect(await readFile(file, 'utf8')).toContain('dn,mavg,up');
  const shape = z.object({ day: z.string(), dn: z.number(), mavg: z.number(), up: z.number() });
  const sql = 'SELECT Date::VARCHAR AS day, dn, mavg, up FROM read_csv($file) ORDER BY day';
  return inMemory((db) => rowsOf(db, shape, { sql, values: { file } }));
}
