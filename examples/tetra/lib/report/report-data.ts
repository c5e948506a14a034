import { z } from 'sluice';
import { compareMarkets } from '../../stages/compare-markets.js';
import { computeIndicatorsStage } from '../../stages/compute-indicators.js';
import { measureRiskStage } from '../../stages/measure-risk.js';
import { validatePrices } from '../../stages/validate-prices.js';

/** What the report is made of: the outputs of the stages before it, as their own schemas describe them. */
export const reportData = z.strictObject({
  database: z.string(),
  window: z.int(),
  sets: z.array(validatePrices.output),
  indicators: z.array(computeIndicatorsStage.output),
  risk: z.array(measureRiskStage.output),
  markets: compareMarkets.output,
  out_dir: z.string(),
});

export type ReportData = z.output<typeof reportData>;
