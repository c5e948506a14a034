import { defineConfig } from 'sluice';
import { backtestStrategies } from './stages/backtest-strategies.js';
import { buildScenarioStage } from './stages/build-scenario.js';
import { calculateMetrics } from './stages/calculate-metrics.js';
import { compareMarkets } from './stages/compare-markets.js';
import { computeIndicatorsStage } from './stages/compute-indicators.js';
import { defineScenarios } from './stages/define-scenarios.js';
import { listPrices } from './stages/list-prices.js';
import { listSeries } from './stages/list-series.js';
import { loadPrices } from './stages/load-prices.js';
import { measureRiskStage } from './stages/measure-risk.js';
import { rankStrategies } from './stages/rank-strategies.js';
import { simulateScenarios } from './stages/simulate-scenarios.js';
import { storeMetrics } from './stages/store-metrics.js';
import { storePrices } from './stages/store-prices.js';
import { storeScenarios } from './stages/store-scenarios.js';
import { validatePrices } from './stages/validate-prices.js';
import { writeAssessment } from './stages/write-assessment.js';
import { writeReport } from './stages/write-report.js';

export default defineConfig({
  stages: [
    loadPrices,
    validatePrices,
    storePrices,
    computeIndicatorsStage,
    measureRiskStage,
    compareMarkets,
    writeReport,
    defineScenarios,
    buildScenarioStage,
    simulateScenarios,
    storeScenarios,
    listPrices,
    listSeries,
    calculateMetrics,
    storeMetrics,
    backtestStrategies,
    rankStrategies,
    writeAssessment,
  ],
  pipelines: {
    tetra: './pipelines/tetra.yaml',
    'market-data': './pipelines/market-data.yaml',
    scenarios: './pipelines/scenarios.yaml',
    metrics: './pipelines/metrics.yaml',
    assessment: './pipelines/assessment.yaml',
  },
  channels: {
    'ops-log': { command: { run: ['node', 'scripts/note-alert.mjs'] } }, // needs nothing: a line in out/alerts.log
    'ops-slack': { slack: { webhookUrl: '${SLACK_WEBHOOK_URL}' } },
    'ops-mail': {
      email: {
        host: '${SMTP_HOST}',
        user: '${SMTP_USER}',
        password: '${SMTP_PASSWORD}',
        from: 'Tetra <tetra@example.com>',
        to: ['ops@example.com'],
      },
    },
    'ops-sms': {
      sms: {
        accountSid: '${SMS_ACCOUNT}',
        authToken: '${SMS_TOKEN}',
        from: '${SMS_FROM}',
        to: ['${SMS_ON_CALL}'],
      },
    },
    'on-call': { pagerduty: { routingKey: '${PAGERDUTY_KEY}' } },
  },
  monitor: { channels: ['ops-log', 'ops-mail'] },
  checks: [
    {
      name: 'prices',
      uses: 'list-prices',
      with: { database: './out/tetra.duckdb' },
      fix: 'Load them: sluice run market-data',
    },
  ],
  pools: {
    prices: { slots: 1 }, // one run at a time writes the prices
    database: { slots: 8 }, // readers of the databases at once, over all runs
  },
});
