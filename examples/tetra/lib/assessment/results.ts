import { z } from 'sluice';
import { scenarioPair } from '../scenario/read-scenario.js';
import { STRATEGY_NAMES } from '../strategies.js';

export const strategyName = z.enum(STRATEGY_NAMES);

const strategyResult = z.object({
  strategy: strategyName,
  total_return: z.number(),
  annual_return: z.number(),
  annual_volatility: z.number(),
  sharpe: z.number(),
  max_drawdown: z.number(),
  trades: z.int(),
  turnover: z.number(),
  time_in_market: z.number(),
});

/** Every strategy on one symbol in one scenario. */
export const backtestResult = scenarioPair.extend({ days: z.int(), results: z.array(strategyResult) });

/** How a strategy did over all series; figures are means unless they say otherwise. */
export const rankedStrategy = z.object({
  rank: z.int(),
  strategy: strategyName,
  /** Mean of its places by Sharpe ratio, drawdown and turnover: 1 is best. */
  score: z.number(),
  sharpe: z.number(),
  worst_sharpe: z.number(),
  max_drawdown: z.number(),
  worst_drawdown: z.number(),
  turnover: z.number(),
  annual_return: z.number(),
  /** Share of the series in which it has a better Sharpe ratio than buying and holding. */
  beats_holding: z.number(),
});

/** The mean Sharpe ratio of a strategy in one kind of scenario. */
export const kindResult = z.object({
  strategy: strategyName,
  kind: z.string(),
  series: z.int(),
  sharpe: z.number(),
});
