import { mean, quantile, sampleStandardDeviation } from 'simple-statistics';

export type Level = { readonly day: string; readonly value: number };

export type Drawdown = { readonly depth: number; readonly peak: string; readonly trough: string };

export type Risk = {
  readonly returns: number;
  readonly total_return: number;
  readonly daily_return: number;
  readonly daily_volatility: number;
  readonly annual_return: number;
  readonly annual_volatility: number;
  readonly sharpe: number;
  readonly max_drawdown: Drawdown;
  readonly var_95: number;
  readonly expected_shortfall_95: number;
  readonly best_day: number;
  readonly worst_day: number;
};

/** Simple returns: each value over the one before it, minus 1. */
export function returnsOf(values: readonly number[]): number[] {
  return values.slice(1).map((value, index) => value / (values[index] ?? value) - 1);
}

/**
 * Return and risk of a price series. Annual return is compounded; volatility is the sample deviation times the root of
 * the periods in a year; Sharpe uses the mean return over `riskFree` a year; VaR is the loss of the 5 percent quantile.
 */
export function measureRisk(
  levels: readonly Level[],
  year: { readonly periods: number; readonly riskFree: number },
): Risk {
  const returns = returnsOf(levels.map((level) => level.value));
  const growth = (levels.at(-1)?.value ?? 1) / (levels[0]?.value ?? 1);
  const [average, deviation] = [mean(returns), sampleStandardDeviation(returns)];
  const annualVolatility = deviation * Math.sqrt(year.periods);
  const cut = quantile(returns, 0.05);
  return {
    returns: returns.length,
    total_return: growth - 1,
    daily_return: average,
    daily_volatility: deviation,
    annual_return: growth ** (year.periods / returns.length) - 1,
    annual_volatility: annualVolatility,
    sharpe: annualVolatility === 0 ? 0 : (average * year.periods - year.riskFree) / annualVolatility,
    max_drawdown: maxDrawdown(levels),
    var_95: -cut,
    expected_shortfall_95: -mean(returns.filter((value) => value <= cut)),
    best_day: Math.max(...returns),
    worst_day: Math.min(...returns),
  };
}

/** The deepest fall from a peak to a later trough; depth is a share, 0.3 is 30 percent. */
export function maxDrawdown(levels: readonly Level[]): Drawdown {
  let peak = levels[0] ?? { day: '', value: 1 };
  let worst: Drawdown = { depth: 0, peak: peak.day, trough: peak.day };
  for (const level of levels) {
    if (level.value > peak.value) peak = level;
    const depth = 1 - level.value / peak.value;
    if (depth > worst.depth) worst = { depth, peak: peak.day, trough: level.day };
  }
  return worst;
}

/** How far each value lies under the highest one before it; 0 or less, for drawing. */
export function underwater(levels: readonly Level[]): number[] {
  let peak = 0;
  return levels.map((level) => {
    peak = Math.max(peak, level.value);
    return level.value / peak - 1;
  });
}
