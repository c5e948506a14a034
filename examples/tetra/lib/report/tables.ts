import type { ReportData } from './report-data.js';
import { count, percent, plain } from './format.js';
import { table } from './table.js';

export function qualityTable(sets: ReportData['sets']): string {
  return table(
    [
      'Series',
      'From',
      'To',
      'Rows',
      'Bad rows',
      'Missing days',
      'Outside calendar',
      'Open or close outside range',
      'Jumps',
      'Splits',
    ],
    sets.map((set) => [
      set.symbol,
      set.first,
      set.last,
      count(set.rows),
      count(set.bad_rows),
      count(set.missing_days),
      count(set.off_calendar_days),
      count(set.odd_rows),
      count(set.jumps.length),
      count(set.splits),
    ]),
  );
}

/** What was found, one line each: bad rows with their reason, then jumps, then missing days. */
export function findingsTable(sets: ReportData['sets']): string {
  const rows = sets.flatMap((set) => [
    ...set.bad_examples.map((row) => [set.symbol, `line ${row.line}`, `set aside: ${row.reason}`]),
    ...set.jumps.map((jump) => [
      set.symbol,
      jump.day,
      `moved by ${percent(jump.change)}${splitNote(jump.split)}`,
    ]),
    ...(set.missing_examples.length > 0 ? [[set.symbol, 'missing', set.missing_examples.join(', ')]] : []),
  ]);
  return rows.length === 0 ? '' : table(['Series', 'Where', 'What'], rows, true);
}

export function riskTable(risk: ReportData['risk']): string {
  return table(
    [
      'Series',
      'Return a year',
      'Volatility a year',
      'Sharpe',
      'Largest fall',
      'from',
      'to',
      'VaR 95',
      'Shortfall 95',
      'Best',
      'Worst',
    ],
    risk.map((each) => [
      each.periods_per_year === 12 ? `${each.symbol} (months)` : each.symbol,
      percent(each.annual_return),
      percent(each.annual_volatility),
      plain(each.sharpe),
      percent(each.max_drawdown.depth),
      each.max_drawdown.peak,
      each.max_drawdown.trough,
      percent(each.var_95),
      percent(each.expected_shortfall_95),
      percent(each.best_day),
      percent(each.worst_day),
    ]),
  );
}

export function correlationTable(markets: ReportData['markets']): string {
  return table(
    ['Pair', 'Common days', 'Correlation'],
    markets.correlations.map((pair) => [
      `${pair.a} and ${pair.b}`,
      count(pair.days),
      plain(pair.correlation),
    ]),
  );
}

export function reactionTable(markets: ReportData['markets']): string {
  return table(
    ['Series', 'Gauge the day before', 'Days', 'Return a day', 'Volatility a year'],
    markets.reactions.map((each) => [
      each.symbol,
      each.regime,
      count(each.days),
      `${plain(each.daily_return * 100)}%`,
      each.annual_volatility === null ? '–' : percent(each.annual_volatility),
    ]),
  );
}

function splitNote(split: string | null): string {
  return split === null ? '' : `, which looks like a ${split} split`;
}
