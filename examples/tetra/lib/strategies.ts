import type { IndicatorRow } from './indicator-row.js';
import type { Level } from './risk.js';
import { measureRisk } from './risk.js';

export type StrategyResult = {
  readonly strategy: string;
  readonly annual_return: number;
  readonly annual_volatility: number;
  readonly sharpe: number;
  readonly max_drawdown: number;
  readonly trades: number;
  readonly time_in_market: number;
};

/** Share of the price lost at each entry and each exit. */
const COST = 0.0005;

type Ready = { readonly [K in keyof IndicatorRow]: NonNullable<IndicatorRow[K]> };

/** Whether to hold the symbol after the close of `row`, given whether it is held now. */
type Rule = (row: Ready, isHeld: boolean) => boolean;

const STRATEGIES: Readonly<Record<string, Rule>> = {
  buy_and_hold: () => true,
  sma_trend: (row) => row.close > row.sma,
  macd_trend: (row) => row.macd > row.macd_signal,
  rsi_reversal: (row, isHeld) => (isHeld ? row.rsi < 70 : row.rsi < 30),
  band_reversal: (row, isHeld) => (isHeld ? row.close < row.band_mid : row.close < row.band_low),
};

/**
 * Tries each strategy on the same days, best Sharpe ratio first. A decision is made at a close and earns from the next
 * one; the days before every indicator is known are left out for all.
 */
export function rankStrategies(rows: readonly IndicatorRow[]): StrategyResult[] {
  const ready = rows.filter(isReady);
  return Object.entries(STRATEGIES)
    .map(([strategy, rule]) => evaluate(strategy, rule, ready))
    .sort((a, b) => b.sharpe - a.sharpe);
}

function evaluate(strategy: string, rule: Rule, rows: readonly Ready[]): StrategyResult {
  const levels: Level[] = [];
  let [value, isHeld, trades, heldDays] = [1, false, 0, 0];
  for (const [index, row] of rows.entries()) {
    const before = rows[index - 1];
    if (isHeld && before !== undefined) value *= row.close / before.close;
    if (isHeld) heldDays += 1;
    levels.push({ day: row.day, value });
    const shouldHold = rule(row, isHeld);
    if (shouldHold !== isHeld) {
      value *= 1 - COST;
      trades += 1;
    }
    isHeld = shouldHold;
  }
  const risk = measureRisk(levels, { periods: 252, riskFree: 0 });
  return {
    strategy,
    annual_return: risk.annual_return,
    annual_volatility: risk.annual_volatility,
    sharpe: risk.sharpe,
    max_drawdown: risk.max_drawdown.depth,
    trades,
    time_in_market: heldDays / Math.max(1, rows.length - 1),
  };
}

function isReady(row: IndicatorRow): row is Ready {
  return Object.values(row).every((value) => value !== null);
}
