import { quantile } from 'simple-statistics';
import type { z } from 'sluice';
import type { backtestResult, kindResult } from '../assessment/results.js';
import type { Level } from '../risk.js';
import { COLOUR, dayAxis, quietAxis, renderChart } from './render-chart.js';

const GRID = { left: 110, right: 24, top: 34, bottom: 30 };
const LINES = ['#1f2937', '#2563eb', '#f59e0b', '#059669', '#dc2626', '#7c3aed'];
const KINDS: Readonly<Record<string, string>> = {
  historical: '#1f2937',
  bootstrap: '#93c5fd',
  stress: '#dc2626',
};

/** Where the Sharpe ratios of each strategy lie: the middle half as a box, nineteen of twenty between the ends. */
export function spreadChart(
  strategies: readonly string[],
  backtests: ReadonlyArray<z.output<typeof backtestResult>>,
): string {
  const names = strategies.toReversed();
  return renderChart(
    {
      grid: GRID,
      title: heading('Sharpe ratio over all series'),
      xAxis: quietAxis(),
      yAxis: nameAxis(names),
      series: [
        {
          type: 'boxplot',
          boxWidth: [10, 18],
          itemStyle: { color: COLOUR.band, borderColor: COLOUR.line },
          data: names.map((name) => {
            const values = sharpes(name, backtests);
            return [0.025, 0.25, 0.5, 0.75, 0.975].map((share) => quantile(values, share));
          }),
        },
      ],
    },
    { width: 1080, height: 60 + 36 * names.length },
  );
}

/** Mean Sharpe ratios side by side for each kind of scenario. */
export function sharpeByKindChart(
  strategies: readonly string[],
  results: ReadonlyArray<z.output<typeof kindResult>>,
): string {
  const kinds = Object.keys(KINDS).filter((kind) => results.some((each) => each.kind === kind));
  return renderChart(
    {
      grid: { ...GRID, left: 52 },
      legend: { top: 4, itemHeight: 8, itemGap: 24, textStyle: { color: COLOUR.soft } },
      xAxis: {
        ...dayAxis(strategies.map((name) => name.replaceAll('_', ' '))),
        axisLabel: { color: COLOUR.soft },
      },
      yAxis: { ...quietAxis(), scale: false },
      series: kinds.map((kind) => ({
        type: 'bar',
        name: kind,
        itemStyle: { color: KINDS[kind] ?? COLOUR.soft },
        data: strategies.map(
          (name) => results.find((each) => each.kind === kind && each.strategy === name)?.sharpe ?? null,
        ),
      })),
    },
    { width: 1080, height: 280 },
  );
}

/** What 1 becomes under each strategy. */
export function equityChart(
  lines: ReadonlyArray<{ readonly name: string; readonly levels: readonly Level[] }>,
): string {
  return renderChart(
    {
      grid: { ...GRID, left: 52 },
      legend: { top: 4, itemHeight: 8, itemGap: 24, textStyle: { color: COLOUR.soft } },
      xAxis: dayAxis((lines[0]?.levels ?? []).map((level) => level.day)),
      yAxis: quietAxis(),
      series: lines.map(({ name, levels }, index) => ({
        type: 'line',
        name,
        showSymbol: false,
        lineStyle: { color: LINES[index % LINES.length] ?? COLOUR.ink, width: index === 0 ? 2 : 1.3 },
        itemStyle: { color: LINES[index % LINES.length] ?? COLOUR.ink },
        data: levels.map((level) => level.value),
      })),
    },
    { width: 1080, height: 320 },
  );
}

function sharpes(name: string, backtests: ReadonlyArray<z.output<typeof backtestResult>>): number[] {
  return backtests.flatMap(({ results }) =>
    results.filter((each) => each.strategy === name).map((each) => each.sharpe),
  );
}

function nameAxis(names: readonly string[]): object {
  return { ...dayAxis(names.map((name) => name.replaceAll('_', ' '))), axisLabel: { color: COLOUR.soft } };
}

function heading(text: string): object {
  return { text, left: 0, top: 6, textStyle: { color: COLOUR.soft, fontSize: 13, fontWeight: 600 } };
}
