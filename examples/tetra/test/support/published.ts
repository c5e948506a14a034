/**
 * Worked examples that others have published, as they stand there: what goes in, and what must come out.
 */

export type Column = {
  /** Days at the beginning for which the source gives no value yet. */
  readonly from: number;
  readonly values: readonly number[];
};

/**
 * QQQQ from 2009-12-14, the example of StockCharts for the relative strength index over 14 days
 * (chartschool.stockcharts.com, "Relative Strength Index"). StockCharts prints two decimals; the same example to
 * fourteen of them is in the tests of prosperpy (github.com/chonkerboi/prosperpy).
 */
export const RSI_EXAMPLE: { readonly close: readonly number[]; readonly rsi: Column } = {
  close: [
    44.34, 44.09, 44.15, 43.61, 44.33, 44.83, 45.1, 45.42, 45.84, 46.08, 45.89, 46.03, 45.61, 46.28, 46.28,
    46, 46.03, 46.41, 46.22, 45.64, 46.21, 46.25, 45.71, 46.45, 45.78, 45.35, 44.03, 44.18, 44.22, 44.57,
    43.42, 42.66, 43.13,
  ],
  rsi: {
    from: 14,
    values: [
      70.46413502109705, 66.24961855355508, 66.48094183471267, 69.3468531629087, 66.2947126589263,
      57.91502067008556, 62.88071830996238, 63.20878871828775, 56.01158478954756, 62.33992931089785,
      54.67097137765515, 50.38681519511423, 40.01942379131357, 41.49263540422286, 41.90242967845816,
      45.49949723868043, 37.32277831337997, 33.09048257272346, 37.78877198205783,
    ],
  },
};

/**
 * QQQQ from 2010-04-01, the example of StockCharts for the average true range over 14 days (cs-atr.xls; its figures to
 * ten digits are in the tests of ta, github.com/bukosabino/ta, test/data/cs-atr.csv).
 */
export const ATR_EXAMPLE: {
  readonly bars: ReadonlyArray<readonly [high: number, low: number, close: number]>;
  readonly atr: Column;
} = {
  bars: [
    [48.7, 47.79, 48.16],
    [48.72, 48.14, 48.61],
    [48.9, 48.39, 48.75],
    [48.87, 48.37, 48.63],
    [48.82, 48.24, 48.74],
    [49.05, 48.635, 49.03],
    [49.2, 48.94, 49.07],
    [49.35, 48.86, 49.32],
    [49.92, 49.5, 49.91],
    [50.19, 49.87, 50.13],
    [50.12, 49.2, 49.53],
    [49.66, 48.9, 49.5],
    [49.88, 49.43, 49.75],
    [50.19, 49.725, 50.03],
    [50.36, 49.26, 50.31],
    [50.57, 50.09, 50.52],
    [50.65, 50.3, 50.41],
    [50.43, 49.21, 49.34],
    [49.63, 48.98, 49.37],
    [50.33, 49.61, 50.23],
    [50.29, 49.2, 49.2375],
    [50.17, 49.43, 49.93],
    [49.32, 48.08, 48.43],
    [48.5, 47.64, 48.18],
    [48.3201, 41.55, 46.57],
    [46.8, 44.2833, 45.41],
    [47.8, 47.31, 47.77],
    [48.39, 47.2, 47.72],
    [48.66, 47.9, 48.62],
    [48.79, 47.7301, 47.85],
  ],
  atr: {
    from: 13,
    values: [
      0.555, 0.5939285714, 0.5857908163, 0.5689486152, 0.6154522855, 0.6179199794, 0.6423542666, 0.6743289618,
      0.6927697503, 0.7754290538, 0.7814698357, 1.209229133, 1.302619909, 1.380289916, 1.366697779,
      1.336219366, 1.316482269,
    ],
  },
};

/**
 * SPY from 2009-05-01, the example of StockCharts for Bollinger bands over 20 days and two deviations (cs-bbands.xls,
 * also in the tests of ta, ta/tests/data/cs-bbands.csv), with six decimals.
 */
export const BANDS_EXAMPLE: {
  readonly close: readonly number[];
  readonly mid: Column;
  readonly high: Column;
  readonly low: Column;
} = {
  close: [
    86.1557, 89.0867, 88.7829, 90.3228, 89.0671, 91.1453, 89.4397, 89.175, 86.9302, 87.6752, 86.9596, 89.4299,
    89.3221, 88.7241, 87.4497, 87.2634, 89.4985, 87.9006, 89.126, 90.7043, 92.9001, 92.9784, 91.8021, 92.6647,
    92.6843, 92.3021, 92.7725, 92.5373, 92.949, 93.2039, 91.0669, 89.8318, 89.7435, 90.3994, 90.7387,
  ],
  mid: {
    from: 19,
    values: [
      88.70794, 89.04516, 89.239745, 89.390705, 89.5078, 89.68866, 89.7465, 89.91314, 90.081255, 90.382195,
      90.65863, 90.863995, 90.88409, 90.90516, 90.988925, 91.153375,
    ],
  },
  high: {
    from: 19,
    values: [
      91.291862, 91.949268, 92.612595, 92.9342, 93.31195, 93.72845, 93.899592, 94.266255, 94.565096,
      94.786912, 95.043001, 94.907605, 94.902912, 94.89532, 94.861013, 94.673629,
    ],
  },
  low: {
    from: 19,
    values: [
      86.124018, 86.141052, 85.866895, 85.84721, 85.70365, 85.64887, 85.593408, 85.560025, 85.597414,
      85.977478, 86.274259, 86.820385, 86.865268, 86.915, 87.116837, 87.633121,
    ],
  },
};

/**
 * Closes from 2009-02-11 with the exponential means over 12 and 26 days, their difference (MACD) and its mean over 9,
 * to ten digits: github.com/bukosabino/ta, test/data/cs-macd.csv. The means begin with the first close. The source begins
 * the mean of the difference elsewhere, so that only its later values can be compared: each day takes a fifth of what is
 * left of the beginning.
 */
export const MACD_EXAMPLE: {
  readonly close: readonly number[];
  readonly last: {
    readonly short: number;
    readonly long: number;
    readonly macd: number;
    readonly signal: number;
  };
  readonly macd: readonly number[];
} = {
  close: [
    30.2, 30.28, 30.45, 29.35, 29.35, 29.29, 28.83, 28.73, 28.67, 28.85, 28.64, 27.68, 27.21, 26.87, 27.41,
    26.94, 26.52, 26.52, 27.09, 27.69, 28.45, 28.53, 28.67, 29.01, 29.87, 29.8, 29.75, 30.65, 30.6, 30.76,
    31.17, 30.89, 30.04, 30.66, 30.6, 31.97, 32.1, 32.03, 31.63, 31.85, 32.71, 32.76, 32.58, 32.13, 33.12,
    33.19, 32.52, 32.44, 33.22, 32.83, 33.62, 33.75, 33.6, 34.08, 34.58, 34.22, 34.77, 34.74, 35.01, 34.94,
    34.42, 34.4, 34.16, 33.34, 33.39, 33.51, 33.96, 34.42, 34.72, 33.94, 33.66, 34.51, 34.87, 34.75, 35.17,
    36.16, 36.45, 36.03, 36.45, 36.74, 36.61, 36.83, 36.84, 36.89,
  ],
  /** From the 26th day on. */
  macd: [
    -0.03491112915, 0.05877414612, 0.2032993715, 0.3102259798, 0.4032285819, 0.5042052237, 0.5552358664,
    0.5210833971, 0.5378461816, 0.5400637913, 0.644934411, 0.7301186924, 0.7829540275, 0.7835178481,
    0.7925804671, 0.8592525422, 0.9056850507, 0.9173836252, 0.8801972248, 0.920006202, 0.9462952161,
    0.9026607374, 0.8518056817, 0.864477012, 0.8334419914, 0.862648833, 0.8860713005,
  ],
  last: { short: 36.16316662, long: 35.27607026, macd: 0.887096359, signal: 0.7860081543 },
};
