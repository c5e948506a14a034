import type { CustomSeriesOption, EChartsOption, LineSeriesOption } from 'echarts';
import { init } from 'echarts';
import chroma from 'chroma-js';
import type { Beat, Effect, MacroPlan } from '../shapes.js';

export type PictureInput = {
  readonly title: string;
  readonly durationMs: number;
  readonly models: readonly string[];
  readonly macro: MacroPlan;
  readonly beats: readonly Beat[];
  readonly effects: readonly Effect[];
};

const ROW = 22;
const NIGHT = '#0b1220';
const SOFT = '#64748b';

/** The show as a picture: loudness above, below it a row for each model with its effects in their colours. */
export function drawShow(input: PictureInput): string {
  const rows = input.models.length * ROW;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 1200, height: rows + 220 });
  try {
    chart.setOption(optionOf(input, rows));
    return chart.renderToSVGString({ useViewBox: true });
  } finally {
    chart.dispose();
  }
}

function optionOf(input: PictureInput, rows: number): EChartsOption {
  const seconds = { type: 'value', min: 0, max: input.durationMs / 1000 } as const;
  const hidden = { axisLabel: { show: false }, splitLine: { show: false } };
  return {
    animation: false,
    backgroundColor: NIGHT,
    textStyle: { fontFamily: 'system-ui, sans-serif', color: '#e2e8f0' },
    title: { text: input.title, left: 20, top: 12, textStyle: { color: '#e2e8f0', fontSize: 16 } },
    grid: [
      { left: 130, right: 30, top: 50, height: 80 },
      { left: 130, right: 30, top: 150, height: rows },
    ],
    xAxis: [
      { ...seconds, ...hidden, gridIndex: 0 },
      {
        ...seconds,
        gridIndex: 1,
        axisLabel: { color: SOFT, formatter: '{value} s', showMaxLabel: false },
        splitLine: { show: false },
      },
    ],
    yAxis: [
      { type: 'value', min: 0, max: 1, ...hidden, gridIndex: 0, name: 'loudness', nameLocation: 'middle' },
      {
        type: 'category',
        data: [...input.models],
        inverse: true,
        gridIndex: 1,
        axisLabel: { color: '#cbd5e1', fontSize: 11 },
        axisTick: { show: false },
      },
    ],
    series: [loudness(input), effects(input)],
  };
}

/** Each beat as a bar, and the borders of sections. */
function loudness({ beats, macro }: PictureInput): LineSeriesOption {
  return {
    type: 'line',
    step: 'end',
    symbol: 'none',
    xAxisIndex: 0,
    yAxisIndex: 0,
    areaStyle: { opacity: 0.35 },
    lineStyle: { width: 1 },
    color: macro.colours[0] ?? SOFT,
    data: beats.map((beat) => [beat.start_ms / 1000, beat.loudness]),
    markLine: {
      symbol: 'none',
      silent: true,
      lineStyle: { color: SOFT },
      label: { color: SOFT, formatter: '{b}' },
      data: macro.sections.map((section) => ({
        name: `${section.level}, ${section.lead}`,
        xAxis: section.start_ms / 1000,
      })),
    },
  };
}

function effects({ effects: all, macro, models }: PictureInput): CustomSeriesOption {
  const fills = all.map((effect) => shade(macro.colours[effect.colour] ?? SOFT, effect.intensity));
  return {
    type: 'custom',
    xAxisIndex: 1,
    yAxisIndex: 1,
    encode: { x: [0, 1], y: 2 },
    data: all.map((effect) => ({
      name: effect.name,
      value: [effect.start_ms / 1000, effect.end_ms / 1000, models.indexOf(effect.model)],
    })),
    renderItem: ({ dataIndex }, api) => {
      const [x = 0, y = 0] = api.coord([api.value(0), api.value(2)]);
      const [end = 0] = api.coord([api.value(1), api.value(2)]);
      return {
        type: 'rect',
        shape: { x, y: y - ROW / 2 + 2, width: Math.max(1, end - x - 1), height: ROW - 4, r: 3 },
        style: { fill: fills[dataIndex] ?? SOFT },
      };
    },
  };
}

/** How bright it is, as it looks at night. */
function shade(colour: string, intensity: number): string {
  return chroma.mix(NIGHT, colour, 0.25 + 0.75 * intensity, 'lab').hex();
}
