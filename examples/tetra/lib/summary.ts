import { z } from 'sluice';
import type { ReportData } from './report/report-data.js';

const symbolSummary = z.object({
  symbol: z.string(),
  rows: z.int(),
  bad_rows: z.int(),
  missing_days: z.int(),
  last: z.string(),
  close: z.number().optional(),
  rsi: z.number().nullable().optional(),
  annual_return: z.number().optional(),
  annual_volatility: z.number().optional(),
  sharpe: z.number().optional(),
  max_drawdown: z.number().optional(),
  var_95: z.number().optional(),
});

/** What a run found, small enough to be its output. Shares and prices are rounded to four digits. */
export const summary = z.object({ as_of: z.string(), symbols: z.array(symbolSummary) });

export function summarise(data: ReportData): z.output<typeof summary> {
  return {
    as_of:
      data.sets
        .map((set) => set.last)
        .sort()
        .at(-1) ?? '',
    symbols: data.sets.map((set) => {
      const of = <T extends { readonly symbol: string }>(list: readonly T[]): T | undefined =>
        list.find((each) => each.symbol === set.symbol);
      const [indicators, risk] = [of(data.indicators), of(data.risk)];
      return {
        symbol: set.symbol,
        rows: set.rows,
        bad_rows: set.bad_rows,
        missing_days: set.missing_days,
        last: set.last,
        ...(indicators && {
          close: indicators.close,
          rsi: indicators.rsi === null ? null : round(indicators.rsi),
        }),
        ...(risk && {
          annual_return: round(risk.annual_return),
          annual_volatility: round(risk.annual_volatility),
          sharpe: round(risk.sharpe),
          max_drawdown: round(risk.max_drawdown.depth),
          var_95: round(risk.var_95),
        }),
      };
    }),
  };
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
