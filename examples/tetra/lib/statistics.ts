import { sampleCorrelation, sampleKurtosis, sampleSkewness } from 'simple-statistics';
import { z } from 'sluice';
import type { Level } from './risk.js';
import { measureRisk, returnsOf } from './risk.js';

/** What is told about the returns of one series; shares, so 0.1 is 10 percent. */
export const statistics = z.object({
  returns: z.int(),
  total_return: z.number(),
  annual_return: z.number(),
  annual_volatility: z.number(),
  sharpe: z.number(),
  max_drawdown: z.number(),
  var_95: z.number(),
  expected_shortfall_95: z.number(),
  best_day: z.number(),
  worst_day: z.number(),
  skewness: z.number(),
  /** Excess kurtosis: 0 for a normal distribution, more for fat tails. */
  kurtosis: z.number(),
  /** Correlation of each return with the one before it. */
  autocorrelation: z.number(),
});

export type Statistics = z.output<typeof statistics>;

export function measureStatistics(levels: readonly Level[]): Statistics {
  const returns = returnsOf(levels.map((level) => level.value));
  const {
    max_drawdown,
    daily_return: _,
    daily_volatility: __,
    ...risk
  } = measureRisk(levels, {
    periods: 252,
    riskFree: 0,
  });
  return {
    ...risk,
    max_drawdown: max_drawdown.depth,
    skewness: sampleSkewness(returns),
    kurtosis: sampleKurtosis(returns),
    autocorrelation: sampleCorrelation(returns.slice(1), returns.slice(0, -1)),
  };
}
