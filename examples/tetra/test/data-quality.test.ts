import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calendarGaps } from '../lib/calendar.js';
import { findJumps } from '../lib/jumps.js';
import { loadPrices } from '../stages/load-prices.js';
import { validatePrices } from '../stages/validate-prices.js';
import { runStage } from './support/run-stage.js';
import { outFolder, SOURCES, validated } from './support/sources.js';

describe('the shipped files', () => {
  it('finds 9,235 days of the VIX, four missing ones and no bad row', async () => {
    const vix = await validated(SOURCES.vix, await outFolder());
    expect(vix).toMatchObject({
      rows: 9235,
      bad_rows: 0,
      missing_days: 4,
      odd_rows: 47,
      splits: 0,
      first: '1990-01-02',
    });
    expect(vix.missing_examples).toEqual(['1991-03-01', '1997-01-31', '1997-11-26', '1999-12-31']);
  });

  it('does not take the day on which the VIX doubled for a split', async () => {
    const vix = await validated(SOURCES.vix, await outFolder());
    expect(vix.jumps).toEqual([{ day: '2018-02-05', change: expect.closeTo(1.156, 3), split: null }]);
  });

  it('finds every trading day of Apple and no split', async () => {
    const aapl = await validated(SOURCES.aapl, await outFolder());
    expect(aapl).toMatchObject({
      rows: 506,
      bad_rows: 0,
      missing_days: 0,
      jumps: [],
      splits: 0,
      last: '2017-02-16',
    });
  });

  it('sets aside the one Tesla row that has a clock time for a date, and puts the others in order', async () => {
    const folder = await outFolder();
    const tsla = await validated(SOURCES.tsla, folder);
    expect(tsla).toMatchObject({ rows: 756, bad_rows: 1, missing_days: 0, jumps: [], splits: 0 });
    expect(tsla).toMatchObject({ first: '2015-10-15', last: '2018-10-15' });
    expect(tsla.bad_examples).toEqual([
      { line: 2, reason: 'the date `11:34` does not have the form %Y/%m/%d', date: '11:34' },
    ]);
    expect(await readFile(join(folder, 'staging', 'TSLA.rejected.csv'), 'utf8')).toContain('11:34');
  });

  it('finds every month of the S&P 500 from 1871', async () => {
    const sp500 = await validated(SOURCES.sp500, await outFolder());
    expect(sp500).toMatchObject({
      rows: 1866,
      missing_days: 0,
      splits: 0,
      first: '1871-01-01',
      last: '2026-06-01',
    });
  });

  it('keeps only the recent days when told to', async () => {
    const source = { ...SOURCES.vix, rules: { max_jump: 1, recent_days: 30 } };
    const vix = await validated(source, await outFolder());
    expect(vix).toMatchObject({ first: '2026-06-24', last: '2026-07-23' });
  });
});

describe('a dirty file', () => {
  const ROWS = [
    'date,open,high,low,close',
    '2024-01-02,10,11,9,10.5',
    '2024-01-08,10,11,9',
    '2024-01-03,10,11,9,ten',
    '2024-01-04,10,9,11,10',
    '2024-01-05,-1,11,9,10',
    '2024-01-02,10,11,9,10.5',
    '2024-01-09,"1,010.5","1,020","1,000","1,015.25"',
    '',
  ].join('\n');

  async function dirty(
    max_bad_share: number,
  ): Promise<
    Awaited<ReturnType<typeof runStage<typeof validatePrices.params, typeof validatePrices.output>>>
  > {
    const out_dir = await outFolder();
    const file = join(out_dir, 'dirty.csv');
    await writeFile(file, ROWS);
    const columns = { date: 'date', open: 'open', high: 'high', low: 'low', close: 'close' };
    const loaded = await runStage(loadPrices, { symbol: 'DIRT', file, columns, out_dir });
    return runStage(validatePrices, { source: loaded.output, max_jump: 200, max_bad_share, out_dir });
  }

  it('counts each bad row once, with its line and reason', async () => {
    const { output, noted } = await dirty(1);
    expect(output.rows).toBe(2);
    expect(output.bad_rows).toBe(5);
    expect(noted.metrics['bad_rows']).toBe(5);
    expect(output.bad_examples.map((row) => `${row.line}: ${row.reason}`)).toEqual([
      '4: a price is missing or not a number',
      '5: the high is below the low',
      '6: a price is not above zero',
      '7: the date 2024-01-02 was given before',
    ]);
  });

  it('fails when a larger share is bad than the pipeline allows', async () => {
    await expect(dirty(0.5)).rejects.toThrow(/DIRT: 5 of 7 rows are bad, `max_bad_share` is 0.5/);
  });

  it('says which columns exist when one is not there', async () => {
    const load = {
      symbol: 'VIX',
      file: 'data/vix-daily.csv',
      columns: { date: 'DATE', close: 'Close price' },
    };
    await expect(runStage(loadPrices, { ...load, out_dir: await outFolder() })).rejects.toThrow(
      'The file has no column "Close price" for `close`. Columns here: DATE, OPEN, HIGH, LOW, CLOSE.',
    );
  });
});

describe('findJumps', () => {
  const day = (index: number): string => new Date(Date.UTC(2024, 0, 1 + index)).toISOString().slice(0, 10);
  const series = (...closes: number[]): { day: string; close: number }[] =>
    closes.map((close, index) => ({ day: day(index), close }));

  it('recognises a four-for-one split', () => {
    expect(findJumps(series(100, 101, 25.3, 25.1, 25.6, 25.2, 25.4), 0.25)).toMatchObject([
      { day: day(2), split: '4:1' },
    ]);
  });

  it('recognises a one-for-ten reverse split', () => {
    expect(findJumps(series(2, 2.1, 21, 20.5, 21.4, 21.2), 0.25)).toMatchObject([
      { day: day(2), split: '1:10' },
    ]);
  });

  it('does not take a fall that recovers for a split', () => {
    expect(findJumps(series(100, 50, 80, 95, 98, 99), 0.65)).toEqual([]);
    expect(findJumps(series(100, 50, 80, 95, 98, 99), 0.25)).toMatchObject([
      { split: null },
      { split: null },
    ]);
  });
});

describe('calendarGaps', () => {
  it('knows weekends, holidays, their substitutes and special closures', () => {
    const days = ['2021-06-30', '2021-07-01', '2021-07-02', '2021-07-06'];
    expect(calendarGaps(days, 'us_trading_days')).toMatchObject({
      missing: [],
      offCalendar: [],
      expected: 4,
    });
    expect(calendarGaps(['2012-10-26', '2012-10-31'], 'us_trading_days').missing).toEqual([]);
  });

  it('lists a working day that is not there and a day that should not be', () => {
    const gaps = calendarGaps(['2024-07-01', '2024-07-03', '2024-07-04', '2024-07-05'], 'us_trading_days');
    expect(gaps).toEqual({ missing: ['2024-07-02'], offCalendar: ['2024-07-04'], expected: 4 });
  });
});
