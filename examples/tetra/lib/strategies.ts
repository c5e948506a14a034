import type { IndicatorRow } from './indicator-row.js';
import type { Level } from './risk.js';
import { measureRisk } from './risk.js';

export const STRATEGY_NAMES = [
  'buy_and_hold',
  'sma_crossover',
  'macd_trend',
  'rsi_reversal',
  'band_reversal',
  'momentum',
] as const;

export type StrategyName = (typeof STRATEGY_NAMES)[number];

export type StrategyResult = {
  readonly strategy: StrategyName;
  readonly total_return: number;
  readonly annual_return: number;
  readonly annual_volatility: number;
  readonly sharpe: number;
  readonly max_drawdown: number;
  readonly trades: number;
  /** How often a year the whole position is bought or sold. */
  readonly turnover: number;
  readonly time_in_market: number;
};

export type Backtest = { readonly result: StrategyResult; readonly levels: readonly Level[] };

type Ready = { readonly [K in keyof IndicatorRow]: NonNullable<IndicatorRow[K]> };

/** Whether to hold the symbol after the close of `row`, given whether it is held now. */
type Rule = (row: Ready, isHeld: boolean) => boolean;

const RULES: Readonly<Record<StrategyName, Rule>> = {
  buy_and_hold: () => true,
  sma_crossover: (row) => row.sma > row.sma_slow,
  macd_trend: (row) => row.macd > row.macd_signal,
  rsi_reversal: (row, isHeld) => (isHeld ? row.rsi < 70 : row.rsi < 30),
  band_reversal: (row, isHeld) => (isHeld ? row.close < row.band_mid : row.close < row.band_low),
  momentum: (row) => row.momentum > 0,
};

const TRADING_DAYS = 252;

/**
 * Tries a strategy on days whose indicators are all known. A decision is made at a close and earns from the next one;
 * each entry and each exit costs the share `cost` of the value.
 */
export function backtest(strategy: StrategyName, rows: readonly IndicatorRow[], cost: number): Backtest {
  const days = rows.filter(isReady);
  const levels: Level[] = [];
  let [value, isHeld, trades, heldDays] = [1, false, 0, 0];
  for (const [index, row] of days.entries()) {
    const before = days[index - 1];
    if (isHeld && before !== undefined) value *= row.close / before.close;
    if (isHeld) heldDays += 1;
    levels.push({ day: row.day, value });
    const shouldHold = RULES[strategy](row, isHeld);
    if (shouldHold !== isHeld) {
      value *= 1 - cost;
      trades += 1;
    }
    isHeld = shouldHold;
  }
  return { levels, result: judge(strategy, levels, { trades, heldDays }) };
}

function judge(
  strategy: StrategyName,
  levels: readonly Level[],
  seen: { readonly trades: number; readonly heldDays: number },
): StrategyResult {
  const risk = measureRisk(levels, { periods: TRADING_DAYS, riskFree: 0 });
  const days = Math.max(1, levels.length - 1);
  return {
    strategy,
    total_return: risk.total_return,
    annual_return: risk.annual_return,
    annual_volatility: risk.annual_volatility,
    sharpe: risk.sharpe,
    max_drawdown: risk.max_drawdown.depth,
    trades: seen.trades,
    turnover: (seen.trades * TRADING_DAYS) / days,
    time_in_market: seen.heldDays / days,
  };
}

function isReady(row: IndicatorRow): row is Ready {
  return Object.values(row).every((value) => value !== null);
}
