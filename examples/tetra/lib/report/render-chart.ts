import type { EChartsOption } from 'echarts';
import { init } from 'echarts';

export const COLOUR = {
  ink: '#1f2937',
  soft: '#6b7280',
  grid: '#e5e7eb',
  line: '#2563eb',
  band: '#93c5fd',
  trend: '#f59e0b',
  up: '#059669',
  down: '#dc2626',
} as const;

/** Draws a chart without a browser, as an SVG that scales with its container. */
export function renderChart(
  option: EChartsOption,
  size: { readonly width: number; readonly height: number },
): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: 'system-ui, sans-serif', color: COLOUR.ink },
      ...option,
    });
    return chart.renderToSVGString({ useViewBox: true });
  } finally {
    chart.dispose();
  }
}

/** A value axis with light grid lines and no frame. */
export function quietAxis(format?: (value: number) => string): object {
  return {
    scale: true,
    axisLabel: { color: COLOUR.soft, fontSize: 11, ...(format === undefined ? {} : { formatter: format }) },
    splitLine: { lineStyle: { color: COLOUR.grid } },
  };
}

/** A category axis for days. */
export function dayAxis(days: readonly string[]): object {
  return {
    type: 'category',
    data: [...days],
    boundaryGap: true,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: COLOUR.grid } },
    axisLabel: { color: COLOUR.soft, fontSize: 11, hideOverlap: true },
  };
}

/** A time axis for long histories, labelled as coarsely as it is long. */
export function timeAxis(): object {
  return {
    type: 'time',
    axisTick: { show: false },
    axisLine: { lineStyle: { color: COLOUR.grid } },
    axisLabel: { color: COLOUR.soft, fontSize: 11, hideOverlap: true },
    splitLine: { show: false },
  };
}
