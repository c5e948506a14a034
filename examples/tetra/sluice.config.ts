import { defineConfig } from 'sluice';
import { compareMarkets } from './stages/compare-markets.js';
import { computeIndicatorsStage } from './stages/compute-indicators.js';
import { loadPrices } from './stages/load-prices.js';
import { measureRiskStage } from './stages/measure-risk.js';
import { rankStrategiesStage } from './stages/rank-strategies.js';
import { simulateScenarios } from './stages/simulate-scenarios.js';
import { storePrices } from './stages/store-prices.js';
import { validatePrices } from './stages/validate-prices.js';
import { writeReport } from './stages/write-report.js';

export default defineConfig({
  stages: [
    loadPrices,
    validatePrices,
    storePrices,
    computeIndicatorsStage,
    measureRiskStage,
    simulateScenarios,
    rankStrategiesStage,
    compareMarkets,
    writeReport,
  ],
  pipelines: { 'market-data': './pipelines/market-data.yaml' },
});
