import type { z } from 'sluice';
import { readIndicators } from '../assessment/read-indicators.js';
import { readFutures } from '../assessment/read-futures.js';
import type { assessmentData } from '../../stages/write-assessment.js';
import { backtest } from '../strategies.js';
import type { ReportRun } from './build-report.js';
import { count, percent, plain } from './format.js';
import type { Section } from './page.js';
import { columns, renderPage } from './page.js';
import { fanChart } from './small-charts.js';
import { equityChart, sharpeByKindChart, spreadChart } from './strategy-charts.js';
import { table } from './table.js';

type AssessmentData = z.output<typeof assessmentData>;

/** The scenario that holds all real days. */
const HISTORY = 'history';

/** The whole page on strategies: their ranking, where each does well, the real past, simulated years. */
export async function buildAssessment(data: AssessmentData, run: ReportRun): Promise<string> {
  return renderPage({
    title: 'Strategy report',
    subtitle: subtitle(data),
    cards: cards(data),
    sections: [
      rankingSection(data),
      kindSection(data),
      ...(await realSections(data)),
      await futureSection(data),
    ],
    footer: `Run ${run.id}, started ${run.started_at}. Past prices say little about future ones.`,
  });
}

function subtitle(data: AssessmentData): string {
  const scenarios = new Set(data.backtests.map((each) => each.scenario));
  const symbols = [...new Set(data.backtests.map((each) => each.symbol))];
  return `${data.ranking.length} strategies on ${symbols.join(', ')} in ${count(scenarios.size)} scenarios`;
}

function cards(data: AssessmentData): Array<{ label: string; value: string; note: string }> {
  const by = (pick: (each: AssessmentData['ranking'][number]) => number): AssessmentData['ranking'][number] =>
    data.ranking.reduce((best, each) => (pick(each) > pick(best) ? each : best));
  const [best, sharpest, calmest] = [by((x) => -x.rank), by((x) => x.sharpe), by((x) => -x.max_drawdown)];
  const days = data.backtests.reduce((sum, each) => sum + each.days, 0);
  return [
    { label: 'Best overall', value: words(best.strategy), note: `mean place ${plain(best.score)}` },
    { label: 'Highest Sharpe ratio', value: words(sharpest.strategy), note: plain(sharpest.sharpe) },
    {
      label: 'Smallest falls',
      value: words(calmest.strategy),
      note: `${percent(calmest.max_drawdown)} on average`,
    },
    { label: 'Days tried', value: count(days), note: `${count(data.backtests.length)} series` },
  ];
}

function rankingSection(data: AssessmentData): Section {
  const head = [
    'Strategy',
    'Score',
    'Sharpe',
    'Worst Sharpe',
    'Largest fall, mean',
    'Largest fall, worst',
    'Turnover a year',
    'Return a year',
    'Beats holding',
  ];
  const rows = data.ranking.map((each) => [
    `${each.rank}. ${words(each.strategy)}`,
    plain(each.score),
    plain(each.sharpe),
    plain(each.worst_sharpe),
    percent(each.max_drawdown),
    percent(each.worst_drawdown),
    plain(each.turnover),
    percent(each.annual_return),
    percent(each.beats_holding),
  ]);
  return {
    title: 'Ranking',
    note: `The score is the mean place by Sharpe ratio, largest fall and turnover over all series. Each entry and each exit costs ${plain(data.cost * 100)} percent.`,
    body:
      table(head, rows) +
      spreadChart(
        data.ranking.map((each) => each.strategy),
        data.backtests,
      ),
  };
}

function kindSection(data: AssessmentData): Section {
  return {
    title: 'Where each does well',
    note: 'Mean Sharpe ratio by the kind of scenario.',
    body: sharpeByKindChart(
      data.ranking.map((each) => each.strategy),
      data.by_kind,
    ),
  };
}

async function realSections(data: AssessmentData): Promise<Section[]> {
  const real = data.backtests.filter((each) => each.scenario === HISTORY);
  return Promise.all(
    real.map(async ({ scenario, symbol, results }) => {
      const rows = await readIndicators(data.metrics, { scenario, symbol });
      const lines = results.map(({ strategy }) => ({
        name: words(strategy),
        levels: backtest(strategy, rows, data.cost).levels,
      }));
      const first = lines[0]?.levels[0]?.day ?? '';
      return {
        title: `${symbol}, real prices`,
        note: `Value of 1 from ${first} on.`,
        body: equityChart(lines),
      };
    }),
  );
}

async function futureSection(data: AssessmentData): Promise<Section> {
  const futures = await readFutures(data.scenarios);
  return {
    title: 'Simulated years',
    note: 'The middle path, half of all paths, nine tenths of all paths; nobody trades in them.',
    body: columns(
      futures.map(({ symbol, paths, chance_of_loss: loss, bands }) => ({
        title: `${symbol}: ${count(paths)} years, ${percent(loss)} of them lose`,
        body: fanChart(bands),
      })),
    ),
  };
}

function words(name: string): string {
  return name.replaceAll('_', ' ');
}
