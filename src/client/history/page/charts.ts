import type { EChartsCoreOption } from 'echarts/core';
import { duration } from '../../render/wording.js';
import type { FailureCause } from '../failure-causes.js';
import type { DayMetrics } from '../run-report.js';
import type { StageMetrics } from '../stage-metrics.js';
import { COLOUR } from './draw-chart.js';
import { timeAxis } from './time-axis.js';

/** A chart and the room that it needs. */
export type Chart = { readonly option: EChartsCoreOption; readonly height: number };

const AXIS_LABEL = { color: COLOUR.soft, fontSize: 11 };
const QUIET_LINE = { lineStyle: { color: COLOUR.grid } };
const LEGEND = {
  top: 0,
  right: 12,
  itemGap: 24,
  itemWidth: 10,
  itemHeight: 10,
  icon: 'roundRect',
  textStyle: { color: COLOUR.soft, fontSize: 12 },
};

/** How many runs ended how, day by day. */
export function runsChart(days: readonly DayMetrics[]): Chart {
  const bars = (
    [
      ['Succeeded', COLOUR.good, 'succeeded'],
      ['Failed', COLOUR.bad, 'failed'],
      ['Timed out', COLOUR.late, 'timed_out'],
      ['Cancelled', COLOUR.stopped, 'cancelled'],
      ['Open', COLOUR.open, 'open'],
    ] as const
  ).filter(([, , status]) => days.some((day) => day[status] > 0));
  return {
    height: 240,
    option: {
      legend: { ...LEGEND, data: bars.map(([name]) => name) },
      grid: { left: 48, right: 16, top: 32, bottom: 28 },
      xAxis: dayAxis(days),
      yAxis: valueAxis((value) => String(value), { minInterval: 1 }),
      series: bars.map(([name, color, status]) => ({
        type: 'bar',
        name,
        stack: 'runs',
        barMaxWidth: 36,
        itemStyle: { color },
        data: days.map((day) => day[status]),
      })),
    },
  };
}

/** How long runs took, day by day: half of them, and nearly all of them. */
export function timesChart(days: readonly DayMetrics[]): Chart {
  const line = (name: string, color: string, values: readonly (number | null)[]): object => ({
    type: 'line',
    name,
    connectNulls: true,
    symbol: 'circle',
    symbolSize: days.length > 60 ? 0 : 6,
    itemStyle: { color },
    lineStyle: { color, width: 2 },
    data: values,
  });
  return {
    height: 240,
    option: {
      legend: { ...LEGEND, data: ['P50', 'P95'] },
      grid: { left: 64, right: 16, top: 32, bottom: 28 },
      xAxis: dayAxis(days),
      yAxis: timeAxis(Math.max(...days.map(({ p95_ms }) => p95_ms ?? 0))),
      series: [
        line(
          'P95',
          COLOUR.light,
          days.map(({ p95_ms }) => p95_ms),
        ),
        line(
          'P50',
          COLOUR.main,
          days.map(({ p50_ms }) => p50_ms),
        ),
      ],
    },
  };
}

/** The slowest stages: the median as a bar, the 95th percentile as a lighter one behind it. */
export function stagesChart(stages: readonly StageMetrics[], nameOf: (stage: StageMetrics) => string): Chart {
  const rows = stages.filter(({ duration_ms }) => duration_ms !== null);
  const bar = (name: string, color: string, key: 'p50' | 'p95', layer: number, label: object): object => ({
    type: 'bar',
    name,
    z: layer,
    barGap: '-100%',
    barWidth: 16,
    itemStyle: { color, borderRadius: [0, 3, 3, 0] },
    label,
    data: rows.map(({ duration_ms }) => duration_ms?.[key] ?? 0),
  });
  const label = {
    show: true,
    position: 'right',
    color: COLOUR.soft,
    fontSize: 11,
    formatter: ({ dataIndex }: { readonly dataIndex: number }) => {
      const time = rows[dataIndex]?.duration_ms;
      return time === undefined || time === null ? '' : `${duration(time.p50)} / ${duration(time.p95)}`;
    },
  };
  return {
    height: 44 + rows.length * 28,
    option: {
      legend: { ...LEGEND, data: ['P50', 'P95'] },
      grid: { left: 168, right: 110, top: 30, bottom: 8 },
      xAxis: { type: 'value', show: false },
      yAxis: nameAxis(rows.map(nameOf)),
      series: [bar('P95', COLOUR.light, 'p95', 1, label), bar('P50', COLOUR.main, 'p50', 2, { show: false })],
    },
  };
}

/** Why runs failed. */
export function failuresChart(
  causes: readonly FailureCause[],
  nameOf: (cause: FailureCause) => string,
): Chart {
  return {
    height: 16 + causes.length * 28,
    option: {
      grid: { left: 268, right: 60, top: 8, bottom: 8 },
      xAxis: { type: 'value', show: false },
      yAxis: nameAxis(causes.map(nameOf), 256),
      series: [
        {
          type: 'bar',
          barWidth: 16,
          itemStyle: { color: COLOUR.bad, borderRadius: [0, 3, 3, 0] },
          label: { show: true, position: 'right', color: COLOUR.soft, fontSize: 12 },
          data: causes.map(({ count }) => count),
        },
      ],
    },
  };
}

function dayAxis(days: readonly DayMetrics[]): object {
  return {
    type: 'category',
    data: days.map(({ day }) => day.slice(5)),
    axisTick: { show: false },
    axisLine: QUIET_LINE,
    axisLabel: { ...AXIS_LABEL, hideOverlap: true },
  };
}

function valueAxis(formatter: (value: number) => string, more: object = {}): object {
  return {
    type: 'value',
    min: 0,
    splitNumber: 4,
    axisLabel: { ...AXIS_LABEL, formatter },
    splitLine: QUIET_LINE,
    ...more,
  };
}

/** Names down the side, the first on top. */
export function nameAxis(names: readonly string[], width = 156): object {
  return {
    type: 'category',
    inverse: true,
    data: names,
    axisTick: { show: false },
    axisLine: { show: false },
    axisLabel: { color: COLOUR.ink, fontSize: 12, width, overflow: 'truncate', interval: 0 },
  };
}
