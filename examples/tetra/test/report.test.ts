import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { compareMarkets } from '../stages/compare-markets.js';
import { computeIndicatorsStage } from '../stages/compute-indicators.js';
import { measureRiskStage } from '../stages/measure-risk.js';
import { storePrices } from '../stages/store-prices.js';
import { writeReport } from '../stages/write-report.js';
import { runStage } from './support/run-stage.js';
import { outFolder, SOURCES, validated } from './support/sources.js';

describe('the report', () => {
  it('is one HTML file with every chart inside, data escaped, beside a summary of each symbol as JSON', async () => {
    const out_dir = await outFolder();
    const { noted, output } = await report(out_dir);
    const html = await readFile(output.html, 'utf8');
    expect(html.match(/<svg /g)).toHaveLength(6);
    expect(html).not.toMatch(/<script|<link|src=|href=/);
    expect(html).not.toContain('NaN');
    expect(html).toContain('set aside: the date `&lt;b&gt;` is wrong');
    expect(noted.artifacts).toEqual(['market-report.html']);
    expect(JSON.parse(await readFile(output.json, 'utf8'))).toEqual(output.summary);
    expect(output.summary.as_of).toBe('2026-07-23');
    expect(output.summary.symbols).toEqual([
      {
        symbol: 'VIX',
        rows: 9235,
        bad_rows: 0,
        missing_days: 4,
        last: '2026-07-23',
        close: 18.7,
        rsi: 55.4926,
      },
      expect.objectContaining({
        symbol: 'AAPL',
        rows: 506,
        sharpe: 0.3196,
        var_95: 0.0249,
      }),
      expect.objectContaining({
        symbol: 'TSLA',
        rows: 756,
        bad_rows: 1,
        max_drawdown: 0.4014,
      }),
      expect.objectContaining({ symbol: 'SP500', rows: 1866, annual_return: 0.0489, max_drawdown: 0.8476 }),
    ]);
  });
});

async function report(
  out_dir: string,
): Promise<Awaited<ReturnType<typeof runStage<typeof writeReport.params, typeof writeReport.output>>>> {
  const sets = await Promise.all(Object.values(SOURCES).map((source) => validated(source, out_dir)));
  const hostile = { line: 9, reason: 'the date `<b>` is wrong', date: '<b>' };
  const { database } = (await runStage(storePrices, { sets, out_dir })).output;
  const stocks = ['AAPL', 'TSLA'];
  const of = async <T>(
    symbols: readonly string[],
    run: (symbol: string) => Promise<{ output: T }>,
  ): Promise<T[]> => Promise.all(symbols.map(async (symbol) => (await run(symbol)).output));
  const indicators = await of(['VIX', ...stocks], (symbol) =>
    runStage(computeIndicatorsStage, { database, symbol, out_dir }),
  );
  return runStage(writeReport, {
    database,
    window: 20,
    sets: sets.map((set) =>
      set.symbol === 'TSLA' ? { ...set, bad_examples: [...set.bad_examples, hostile] } : set,
    ),
    indicators,
    risk: await of([...stocks, 'SP500'], (symbol) =>
      runStage(measureRiskStage, { database, symbol, periods_per_year: symbol === 'SP500' ? 12 : 252 }),
    ),
    markets: (await runStage(compareMarkets, { database, symbols: ['VIX', ...stocks] })).output,
    out_dir,
  });
}
