import { defineStage, z } from 'sluice';
import { backtestResult, strategyName } from '../lib/assessment/results.js';
import { readIndicators } from '../lib/assessment/read-indicators.js';
import { scenarioPair } from '../lib/scenario/read-scenario.js';
import { backtest } from '../lib/strategies.js';

/** Tries every strategy on one symbol in one scenario. Its result is nothing but its output, so it may come from a cache. */
export const backtestStrategies = defineStage({
  name: 'backtest-strategies',
  version: '1',
  description: 'Back-tests the strategies on one symbol in one scenario',
  params: z.strictObject({
    metrics: z.string(),
    pair: scenarioPair,
    strategies: z.array(strategyName).min(1),
    cost: z.number().min(0).max(0.1).default(0.0005),
  }),
  output: backtestResult,
  run: async ({ params, ctx }) => {
    const rows = await readIndicators(params.metrics, params.pair);
    const tests = params.strategies.map((strategy) => backtest(strategy, rows, params.cost));
    ctx.metrics.add('backtests', tests.length);
    return { ...params.pair, days: tests[0]?.levels.length ?? 0, results: tests.map((test) => test.result) };
  },
});
