import type { CustomSeriesRenderItem } from 'echarts';
import type { FinalStatus } from '../../../engine/result.js';
import { assertNever } from '../../../shared/assert-never.js';
import { duration } from '../../render/wording.js';
import type { RunTimeline } from '../run-report.js';
import { type Chart, nameAxis } from './charts.js';
import { COLOUR } from './draw-chart.js';
import { timeAxis } from './time-axis.js';

/** More rows than that nobody reads. */
const MOST_ROWS = 40;

/** When each stage of a run started and ended: a Gantt chart. */
export function timelineChart({ stages, duration_ms }: RunTimeline): Chart {
  const started = stages
    .flatMap(({ stage, at, ms = 0, status = 'succeeded' }) =>
      at === undefined ? [] : [{ stage, at, ms, status }],
    )
    .sort((a, b) => a.at - b.at || b.ms - a.ms);
  const longest = new Set(
    started
      .toSorted((a, b) => b.ms - a.ms)
      .slice(0, MOST_ROWS)
      .map(({ stage }) => stage),
  );
  const rows = started.filter(({ stage }) => longest.has(stage));
  const end = Math.max(duration_ms ?? 0, ...rows.map(({ at, ms }) => at + ms), 1);
  return {
    height: 40 + rows.length * 26,
    option: {
      grid: { left: 168, right: 80, top: 4, bottom: 32 },
      xAxis: { ...timeAxis(end), max: end },
      yAxis: nameAxis(rows.map(({ stage }) => stage)),
      series: [
        {
          type: 'custom',
          renderItem: bars(rows.map(({ status }) => colourOf(status))),
          encode: { x: [1, 2], y: 0 },
          data: rows.map(({ at, ms }, index) => [index, at, at + ms]),
          z: 2,
        },
        {
          type: 'scatter',
          symbolSize: 0,
          label: {
            show: true,
            position: 'right',
            color: COLOUR.soft,
            fontSize: 11,
            formatter: ({ dataIndex }: { readonly dataIndex: number }) => duration(rows[dataIndex]?.ms ?? 0),
          },
          data: rows.map(({ at, ms }, index) => [at + ms, index]),
        },
      ],
    },
  };
}

/** Bars from the start to the end of stages, wide enough to be seen. */
function bars(colours: readonly string[]): CustomSeriesRenderItem {
  return ({ dataIndex }, api) => {
    const row = api.value(0);
    const [x = 0, y = 0] = api.coord([api.value(1), row]);
    const [endX = 0] = api.coord([api.value(2), row]);
    const height = 14;
    return {
      type: 'rect',
      shape: { x, y: y - height / 2, width: Math.max(2, endX - x), height, r: 3 },
      style: { fill: colours[dataIndex] ?? COLOUR.good },
    };
  };
}

function colourOf(status: FinalStatus): string {
  switch (status) {
    case 'succeeded':
      return COLOUR.good;
    case 'reused':
      return COLOUR.open;
    case 'failed':
      return COLOUR.bad;
    case 'timed_out':
      return COLOUR.late;
    case 'cancelled':
    case 'skipped':
      return COLOUR.stopped;
    default:
      return assertNever(status);
  }
}
