import { describe, expect, it } from 'vitest';
import { buildScenario, type Past } from '../lib/scenario/build-scenario.js';
import type { ScenarioSpec } from '../lib/scenario/scenario-spec.js';
import { readPrices } from '../lib/prices.js';
import { backtest } from '../lib/strategies.js';
import { computeIndicators } from '../lib/indicators.js';
import { defineScenarios } from '../stages/define-scenarios.js';
import { runStage } from './support/run-stage.js';
import { outFolder, SOURCES, stored } from './support/sources.js';

const DRAWN = { id: 'one', name: 'One', seed: 20, days: 252, block: 10 };
const YEAR: ScenarioSpec = { kind: 'bootstrap', ...DRAWN };

describe('a drawn year', () => {
  it('is the same for the same seed, and another one for another seed, ID or symbol', async () => {
    const past = await apple();
    const closes = (spec: ScenarioSpec, from: Past = past): number[] =>
      buildScenario(spec, from).map((bar) => bar.close);
    expect(closes(YEAR)).toEqual(closes(YEAR));
    expect(closes(YEAR)).toHaveLength(252);
    for (const other of [
      { ...YEAR, seed: 21 },
      { ...YEAR, id: 'two' },
    ]) {
      expect(closes(other)).not.toEqual(closes(YEAR));
    }
    expect(closes(YEAR, { ...past, symbol: 'TSLA' })).not.toEqual(closes(YEAR));
  });

  it('consists of days that were, in runs of ten, each with its high and low around its close', async () => {
    const past = await apple();
    const bars = buildScenario(YEAR, past);
    const real = past.bars.map((bar, index) => bar.adjusted / (past.bars[index - 1]?.adjusted ?? Number.NaN));
    const places = bars.map((bar, index) => {
      const change = bar.close / (bars[index - 1]?.close ?? 100);
      return real.findIndex((value) => Math.abs(value - change) < 1e-12);
    });
    expect(places.every((place) => place > 0)).toBe(true);
    const follows = places.filter(
      (place, index) => index % 10 !== 0 && place === (places[index - 1] ?? 0) + 1,
    );
    expect(follows.length).toBeGreaterThan(210);
    expect(bars.every((bar) => bar.low <= bar.close && bar.close <= bar.high)).toBe(true);
  });
});

describe('a crisis', () => {
  it('brings the price to where it brought the market', async () => {
    const past = await apple();
    const replay = { from: '1929-09-01', to: '1932-07-01' };
    const bars = buildScenario({ kind: 'stress', ...DRAWN, effect: { replay } }, past);
    const market = new Map(past.market.map((month) => [month.day, month.close]));
    const fall = (market.get('1932-07-01') ?? 0) / (market.get('1929-09-01') ?? 1);
    expect(fall).toBeCloseTo(5.01 / 31.3, 10);
    expect(bars).toHaveLength(34 * 21);
    expect((bars.at(-1)?.close ?? 0) / 100).toBeCloseTo(fall, 10);
  });

  it('takes a share of the price in one day and doubles what the days after it do', async () => {
    const past = await apple();
    const shock = { after: 100, fall: 0.2, wild_days: 5, wildness: 2 };
    const calm = buildScenario(YEAR, past);
    const wild = buildScenario({ kind: 'stress', ...DRAWN, effect: { shock } }, past);
    const change = (bars: typeof calm, day: number): number =>
      Math.log((bars[day]?.close ?? 0) / (bars[day - 1]?.close ?? 0));
    expect(change(wild, 100)).toBeCloseTo(change(calm, 100) + Math.log(0.8), 12);
    for (const day of [101, 105]) expect(change(wild, day)).toBeCloseTo(2 * change(calm, day), 12);
    for (const day of [99, 106]) expect(change(wild, day)).toBeCloseTo(change(calm, day), 12);
  });
});

it('refuses two scenarios of the same ID', async () => {
  const window = { id: 'year-0001', name: 'Same', from: '2015-01-01', to: '2016-01-01' };
  const params = { windows: [window], crises: [], bootstraps: 1, seed: 1 };
  await expect(runStage(defineScenarios, params)).rejects.toThrow('Two scenarios have the ID "year-0001"');
});

it('earns from the day after its decision, so holding gives the change of the price less one cost', async () => {
  const { bars } = await apple();
  const rows = computeIndicators(bars, 20);
  const { levels, result } = backtest('buy_and_hold', rows, 0.001);
  const first = rows.find((row) => Object.values(row).every((value) => value !== null));
  const last = rows.at(-1);
  expect(result).toMatchObject({ trades: 1, time_in_market: 1 });
  expect(levels[0]).toEqual({ day: first?.day, value: 1 });
  expect(result.total_return).toBeCloseTo(((last?.close ?? 0) / (first?.close ?? 1)) * 0.999 - 1, 12);
});

async function apple(): Promise<Past> {
  const database = await stored([SOURCES.aapl, SOURCES.sp500], await outFolder());
  return {
    symbol: 'AAPL',
    bars: await readPrices(database, 'AAPL'),
    market: await readPrices(database, 'SP500'),
  };
}
