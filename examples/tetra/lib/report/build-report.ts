import { indicatorRow } from '../indicator-row.js';
import type { PriceBar } from '../prices.js';
import { readPrices } from '../prices.js';
import type { Level } from '../risk.js';
import { readSeries } from '../series-file.js';
import { count, percent, plain } from './format.js';
import type { Page, Section } from './page.js';
import { columns, renderPage } from './page.js';
import { priceChart } from './price-chart.js';
import type { ReportData } from './report-data.js';
import { drawdownChart, gaugeChart, longChart } from './small-charts.js';
import { correlationTable, findingsTable, qualityTable, reactionTable, riskTable } from './tables.js';

export type ReportRun = { readonly id: string; readonly started_at: string; readonly mode: string | null };

/** The whole page; `onSection` hears of each section when it is drawn. */
export async function buildReport(
  data: ReportData,
  run: ReportRun,
  onSection: (title: string) => void,
): Promise<string> {
  const sections: Section[] = [];
  const add = (section: Section): void => {
    sections.push(section);
    onSection(section.title);
  };
  for (const indicators of data.indicators) {
    const risk = data.risk.find((each) => each.symbol === indicators.symbol);
    if (risk !== undefined) add(await symbolSection(data, indicators, risk));
  }
  add({ title: 'Risk', note: RISK_NOTE, body: riskTable(data.risk) });
  if (data.markets.gauge !== null) add(await gaugeSection(data, data.markets.gauge));
  const long = data.risk.find((each) => each.periods_per_year === 12);
  if (long !== undefined) add(await longSection(data, long.symbol));
  add({
    title: 'Data quality',
    note: QUALITY_NOTE,
    body: qualityTable(data.sets) + findingsTable(data.sets),
  });
  return renderPage({ ...heading(data, run), sections });
}

function heading(data: ReportData, run: ReportRun): Omit<Page, 'sections'> {
  const rows = data.sets.reduce((sum, set) => sum + set.rows, 0);
  const last =
    data.sets
      .map((set) => set.last)
      .sort()
      .at(-1) ?? '';
  const prices = data.indicators.map((each) => ({
    label: `${each.symbol} on ${each.day}`,
    value: plain(each.close),
    note: `RSI ${plain(each.rsi)}, ${data.window}-day mean ${plain(each.sma)}`,
  }));
  const stored = {
    label: 'Rows checked',
    value: count(rows),
    note: `${count(data.sets.reduce((sum, set) => sum + set.bad_rows, 0))} set aside as bad`,
  };
  return {
    title: 'Market report',
    subtitle: `${data.sets.map((set) => set.symbol).join(', ')} up to ${last}`,
    cards: [...prices, stored],
    footer: `Run ${run.id}, started ${run.started_at}${run.mode === null ? '' : `, mode ${run.mode}`}. Past prices say little about future ones.`,
  };
}

async function symbolSection(
  data: ReportData,
  indicators: ReportData['indicators'][number],
  risk: ReportData['risk'][number],
): Promise<Section> {
  const bars = await readPrices(data.database, indicators.symbol);
  const chart = priceChart(bars, await readSeries(indicators.file, indicatorRow));
  const parts = [{ title: 'Below the last peak', body: drawdownChart(adjusted(bars)) }];
  const note = `${percent(risk.annual_return)} a year at ${percent(risk.annual_volatility)} volatility since ${risk.first}. The last ${Math.min(250, bars.length)} trading days:`;
  return { title: indicators.symbol, note, body: chart + columns(parts) };
}

async function gaugeSection(
  data: ReportData,
  gauge: NonNullable<ReportData['markets']['gauge']>,
): Promise<Section> {
  const bars = await readPrices(data.database, 'VIX');
  const chart = gaugeChart(
    bars.map((bar) => ({ day: bar.day, value: bar.close })),
    { calm: 15, stressed: 25 },
  );
  const shares = data.markets.regimes.map((each) => `${percent(each.share)} ${each.regime}`).join(', ');
  return {
    title: 'VIX',
    note: `${plain(gauge.level)} on ${gauge.day}, at or above ${percent(gauge.percentile)} of all days. Days: ${shares}.`,
    body:
      chart +
      columns([
        { title: 'Together with', body: correlationTable(data.markets) },
        { title: 'Returns by level', body: reactionTable(data.markets) },
      ]),
  };
}

async function longSection(data: ReportData, symbol: string): Promise<Section> {
  const bars = await readPrices(data.database, symbol);
  return {
    title: 'S&P 500 since 1871',
    note: 'Monthly averages without dividends, logarithmic scale.',
    body: longChart(adjusted(bars)),
  };
}

function adjusted(bars: readonly PriceBar[]): Level[] {
  return bars.map((bar) => ({ day: bar.day, value: bar.adjusted }));
}

const RISK_NOTE =
  'From adjusted closes. VaR 95 is the loss that 5 percent of the days (of the months for monthly series) exceed; shortfall is the mean of those.';
const QUALITY_NOTE =
  'Bad rows are set aside with their reason. Missing days are counted against the calendar of the exchange.';
