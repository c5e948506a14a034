import type { Level } from '../risk.js';
import { underwater } from '../risk.js';
import type { Band } from '../scenarios.js';
import { percent } from './format.js';
import { COLOUR, dayAxis, quietAxis, renderChart, timeAxis } from './render-chart.js';

const HALF = { width: 530, height: 260 };
const WIDE = { width: 1080, height: 180 };
const WHOLE = { width: 1080, height: 300 };
const GRID = { left: 52, right: 16, top: 20, bottom: 30 };

/** How far the price lies under its last peak. */
export function drawdownChart(levels: readonly Level[]): string {
  return renderChart(
    {
      grid: GRID,
      xAxis: dayAxis(levels.map((level) => level.day)),
      yAxis: { ...quietAxis(wholePercent), max: 0 },
      series: [
        {
          type: 'line',
          showSymbol: false,
          lineStyle: { color: COLOUR.down, width: 1 },
          areaStyle: { color: COLOUR.down, opacity: 0.2, origin: 0 },
          data: underwater(levels),
        },
      ],
    },
    WIDE,
  );
}

/** A fan of simulated years: the middle path, half of all paths, nine tenths of all paths. */
export function fanChart(bands: readonly Omit<Band, 'step'>[]): string {
  const layer = (values: readonly number[], opacity: number, stack: string): object => ({
    type: 'line',
    stack,
    showSymbol: false,
    lineStyle: { opacity: 0 },
    areaStyle: { color: COLOUR.line, opacity },
    data: [...values],
  });
  return renderChart(
    {
      grid: GRID,
      xAxis: { ...dayAxis(bands.map((_, index) => `day ${index + 1}`)), boundaryGap: false },
      yAxis: quietAxis((value) => wholePercent(value - 1)),
      series: [
        layer(
          bands.map((band) => band.p5),
          0,
          'outer',
        ),
        layer(
          bands.map((band) => band.p95 - band.p5),
          0.13,
          'outer',
        ),
        layer(
          bands.map((band) => band.p25),
          0,
          'inner',
        ),
        layer(
          bands.map((band) => band.p75 - band.p25),
          0.25,
          'inner',
        ),
        {
          type: 'line',
          showSymbol: false,
          lineStyle: { color: COLOUR.line, width: 2 },
          data: bands.map((band) => band.p50),
        },
      ],
    },
    HALF,
  );
}

/** The whole history of the fear gauge over its calm, normal and stressed ranges. */
export function gaugeChart(
  levels: readonly Level[],
  limits: { readonly calm: number; readonly stressed: number },
): string {
  const range = (from: number, to: number, color: string): object[] => [
    { yAxis: from, itemStyle: { color, opacity: 0.07 } },
    { yAxis: to },
  ];
  return renderChart(
    {
      grid: GRID,
      xAxis: timeAxis(),
      yAxis: { ...quietAxis(), min: 0, max: 90, interval: 15 },
      series: [
        {
          type: 'line',
          sampling: 'lttb',
          showSymbol: false,
          lineStyle: { color: COLOUR.ink, width: 0.9 },
          data: levels.map((level) => [level.day, level.value]),
          markArea: {
            silent: true,
            data: [
              range(0, limits.calm, COLOUR.up),
              range(limits.calm, limits.stressed, COLOUR.trend),
              range(limits.stressed, 90, COLOUR.down),
            ] as never,
          },
        },
      ],
    },
    WHOLE,
  );
}

/** A long history on a logarithmic scale: equal heights are equal shares. */
export function longChart(levels: readonly Level[]): string {
  return renderChart(
    {
      grid: GRID,
      xAxis: timeAxis(),
      yAxis: { ...quietAxis(), type: 'log' },
      series: [
        {
          type: 'line',
          showSymbol: false,
          lineStyle: { color: COLOUR.line, width: 1.2 },
          areaStyle: { color: COLOUR.line, opacity: 0.08 },
          data: levels.map((level) => [level.day, level.value]),
        },
      ],
    },
    WHOLE,
  );
}

function wholePercent(share: number): string {
  return percent(share).replace('.0%', '%');
}
