import type { EChartsCoreOption, EChartsType } from 'echarts/core';
import { ClientError } from '../../client-error.js';

/** Draws charts as SVG, without a browser. */
export type DrawChart = (option: EChartsCoreOption, size: { width: number; height: number }) => string;

export const COLOUR = {
  ink: '#1f2933',
  soft: '#616e7c',
  faint: '#9aa5b1',
  grid: '#e4e7eb',
  good: '#2f9e6e',
  bad: '#d64545',
  late: '#e8833a',
  stopped: '#b0b8c1',
  open: '#7fb2e5',
  main: '#2b6cb0',
  light: '#bcd4ee',
} as const;

/** Widths of words are estimated, so it is one that is much the same everywhere. */
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

/** Loads the library that draws. Throws `missing_package` with what to install where it is not there. */
export async function loadCharts(): Promise<DrawChart> {
  const [core, charts, components, renderers] = await load();
  core.use([
    charts.BarChart,
    charts.LineChart,
    charts.CustomChart,
    charts.ScatterChart,
    components.GridComponent,
    components.LegendComponent,
    renderers.SVGRenderer,
  ]);
  return (option, size) => {
    const chart: EChartsType = core.init(null, null, { renderer: 'svg', ssr: true, ...size });
    try {
      chart.setOption({
        animation: false,
        textStyle: { fontFamily: FONT, color: COLOUR.ink },
        ...option,
      });
      return chart.renderToSVGString({ useViewBox: true });
    } finally {
      chart.dispose();
    }
  };
}

function load() {
  return Promise.all([
    import('echarts/core'),
    import('echarts/charts'),
    import('echarts/components'),
    import('echarts/renderers'),
  ]).catch((cause: unknown) => {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND';
    if (!isMissing) throw cause;
    throw new ClientError(
      'missing_package',
      'The charts of the report need a package that is not installed.',
      {
        hint: 'Run: npm install echarts. The table and --json need nothing.',
        cause,
      },
    );
  });
}
