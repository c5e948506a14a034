import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { z } from 'sluice';
import { loadPrices } from '../../stages/load-prices.js';
import { storePrices } from '../../stages/store-prices.js';
import type { Quality } from '../../stages/validate-prices.js';
import { validatePrices } from '../../stages/validate-prices.js';
import { runStage } from './run-stage.js';

type Load = Omit<z.input<typeof loadPrices.params>, 'out_dir'>;
type Rules = Omit<z.input<typeof validatePrices.params>, 'out_dir' | 'source'>;

/** The files of the example, as the pipeline reads them. */
export const SOURCES = {
  vix: {
    load: {
      symbol: 'VIX',
      file: 'data/vix-daily.csv',
      columns: { date: 'DATE', open: 'OPEN', high: 'HIGH', low: 'LOW', close: 'CLOSE' },
    },
    rules: { max_jump: 1 },
  },
  aapl: {
    load: {
      symbol: 'AAPL',
      file: 'data/aapl-2015-2017-plotly.csv',
      columns: {
        date: 'Date',
        open: 'AAPL.Open',
        high: 'AAPL.High',
        low: 'AAPL.Low',
        close: 'AAPL.Close',
        volume: 'AAPL.Volume',
        adjusted: 'AAPL.Adjusted',
      },
    },
    rules: {},
  },
  tsla: {
    load: {
      symbol: 'TSLA',
      file: 'data/tesla-plotly.csv',
      columns: { date: 'date', open: 'open', high: 'high', low: 'low', close: 'close', volume: 'volume' },
    },
    rules: { date_format: '%Y/%m/%d' },
  },
  sp500: {
    load: {
      symbol: 'SP500',
      file: 'data/sp500-monthly-shiller.csv',
      columns: { date: 'Date', close: 'SP500' },
    },
    rules: { calendar: 'months', max_jump: 0.5 },
  },
} satisfies Record<string, { load: Load; rules: Rules }>;

/** A folder for results that goes when the test ends. */
export async function outFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tetra-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Loads and validates one file into `out_dir`. */
export async function validated(source: { load: Load; rules: Rules }, out_dir: string): Promise<Quality> {
  const loaded = await runStage(loadPrices, { ...source.load, out_dir });
  return (await runStage(validatePrices, { ...source.rules, source: loaded.output, out_dir })).output;
}

/** A database with the given files in it. */
export async function stored(
  sources: ReadonlyArray<{ load: Load; rules: Rules }>,
  out_dir: string,
): Promise<string> {
  const sets = await Promise.all(sources.map((source) => validated(source, out_dir)));
  return (await runStage(storePrices, { sets, out_dir })).output.database;
}
