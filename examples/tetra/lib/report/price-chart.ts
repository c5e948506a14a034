import type { IndicatorRow } from '../indicator-row.js';
import type { PriceBar } from '../prices.js';
import { COLOUR, dayAxis, quietAxis, renderChart } from './render-chart.js';

/** Trading days shown: more would make the candles thinner than a pixel. */
const SHOWN = 250;

/** Candles with Bollinger bands and moving average, and below them volume, RSI and MACD on the same days. */
export function priceChart(allBars: readonly PriceBar[], allRows: readonly IndicatorRow[]): string {
  const bars = allBars.slice(-SHOWN);
  const rows = allRows.slice(-SHOWN);
  const days = bars.map((bar) => bar.day);
  const grids = [
    { left: 56, right: 16, top: 34, height: 250 },
    { left: 56, right: 16, top: 300, height: 50 },
    { left: 56, right: 16, top: 370, height: 70 },
    { left: 56, right: 16, top: 460, height: 70 },
  ];
  const names = ['', 'Volume', 'RSI 14', 'MACD'];
  return renderChart(
    {
      legend: {
        top: 4,
        itemHeight: 8,
        itemGap: 24,
        data: ['Price', 'Bollinger bands', 'Moving average'],
        textStyle: { color: COLOUR.soft },
      },
      grid: grids,
      xAxis: grids.map((_, index) => ({
        ...dayAxis(days),
        gridIndex: index,
        axisLabel: { show: index === 3, color: COLOUR.soft },
      })),
      yAxis: grids.map((_, index) => ({
        ...quietAxis(index === 1 ? millions : undefined),
        gridIndex: index,
        splitNumber: index === 0 ? 5 : 2,
        name: names[index] ?? '',
        nameLocation: 'middle',
        nameGap: 40,
        nameTextStyle: { color: COLOUR.soft, fontSize: 11 },
        ...(index === 2 ? { min: 0, max: 100, interval: 50 } : {}),
      })),
      series: [...priceSeries(bars, rows), volumeSeries(bars), rsiSeries(rows), ...macdSeries(rows)],
    },
    { width: 1080, height: 560 },
  );
}

function priceSeries(bars: readonly PriceBar[], rows: readonly IndicatorRow[]): object[] {
  const line = { type: 'line', showSymbol: false, silent: true };
  const edge = {
    ...line,
    name: 'Bollinger bands',
    lineStyle: { color: COLOUR.band, width: 1 },
    itemStyle: { color: COLOUR.band },
  };
  return [
    { ...edge, stack: 'bands', data: rows.map((row) => row.band_low) },
    {
      ...edge,
      stack: 'bands',
      areaStyle: { color: COLOUR.band, opacity: 0.18 },
      data: rows.map((row) =>
        row.band_high === null || row.band_low === null ? null : row.band_high - row.band_low,
      ),
    },
    {
      ...line,
      name: 'Moving average',
      lineStyle: { color: COLOUR.trend, width: 1.5 },
      itemStyle: { color: COLOUR.trend },
      data: rows.map((row) => row.sma),
    },
    {
      name: 'Price',
      type: 'candlestick',
      itemStyle: { color: COLOUR.up, color0: COLOUR.down, borderColor: COLOUR.up, borderColor0: COLOUR.down },
      data: bars.map((bar) => [bar.open, bar.close, bar.low, bar.high]),
    },
  ];
}

function volumeSeries(bars: readonly PriceBar[]): object {
  return {
    type: 'bar',
    xAxisIndex: 1,
    yAxisIndex: 1,
    data: bars.map((bar) => ({
      value: bar.volume,
      itemStyle: { color: bar.close >= bar.open ? COLOUR.up : COLOUR.down, opacity: 0.55 },
    })),
  };
}

function rsiSeries(rows: readonly IndicatorRow[]): object {
  const level = (yAxis: number): object => ({
    yAxis,
    lineStyle: { color: COLOUR.soft, type: 'dashed', width: 0.7 },
  });
  return {
    type: 'line',
    xAxisIndex: 2,
    yAxisIndex: 2,
    showSymbol: false,
    lineStyle: { color: '#7c3aed', width: 1.3 },
    markLine: {
      silent: true,
      symbol: 'none',
      label: { fontSize: 9, color: COLOUR.soft },
      data: [level(30), level(70)],
    },
    data: rows.map((row) => row.rsi),
  };
}

function macdSeries(rows: readonly IndicatorRow[]): object[] {
  const axis = { xAxisIndex: 3, yAxisIndex: 3, showSymbol: false };
  return [
    {
      ...axis,
      type: 'bar',
      data: rows.map((row) => {
        const value = row.macd === null || row.macd_signal === null ? null : row.macd - row.macd_signal;
        return { value, itemStyle: { color: (value ?? 0) < 0 ? COLOUR.down : COLOUR.up, opacity: 0.45 } };
      }),
    },
    {
      ...axis,
      type: 'line',
      lineStyle: { color: COLOUR.line, width: 1.2 },
      data: rows.map((row) => row.macd),
    },
    {
      ...axis,
      type: 'line',
      lineStyle: { color: COLOUR.trend, width: 1 },
      data: rows.map((row) => row.macd_signal),
    },
  ];
}

function millions(value: number): string {
  return `${Math.round(value / 1_000_000)}M`;
}
