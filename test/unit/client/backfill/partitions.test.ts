import { describe, expect, it } from 'vitest';
import { cutRange } from '../../../../src/client/backfill/partitions.js';

const UTC = { timezone: 'UTC' };
const NEW_YORK = { timezone: 'America/New_York' };
const HOUR = 3_600_000;
const hours = ({ start, end }: { start: string; end: string }): number =>
  (Date.parse(end) - Date.parse(start)) / HOUR;

describe('the windows of a range', () => {
  it('are the 366 days of a leap year, without a gap', () => {
    const days = cutRange({ from: '2024', to: '2024', step: '1d', ...UTC });
    expect(days).toHaveLength(366);
    expect(days[0]).toEqual({
      start: '2024-01-01T00:00:00.000Z',
      end: '2024-01-02T00:00:00.000Z',
      key: '2024-01-01',
    });
    expect(days.at(-1)?.end).toBe('2025-01-01T00:00:00.000Z');
    for (const [i, day] of days.entries()) if (i > 0) expect(day.start).toBe(days[i - 1]?.end);
    expect(new Set(days.map(({ key }) => key)).size).toBe(366);
  });

  it('are as long as the clocks of the time zone make them', () => {
    const days = cutRange({ from: '2024-03-09', to: '2024-03-11', step: '1d', ...NEW_YORK });
    expect(days.map(hours)).toEqual([24, 23, 24]);
    expect(days[1]).toEqual({
      start: '2024-03-10T05:00:00.000Z',
      end: '2024-03-11T04:00:00.000Z',
      key: '2024-03-10',
    });
    const [autumn] = cutRange({ from: '2024-11-03', to: '2024-11-03', step: '1d', ...NEW_YORK });
    expect(autumn === undefined ? 0 : hours(autumn)).toBe(25);
  });

  it('are months as long as they are, counted from the start of the range', () => {
    const months = cutRange({ from: '2023-12', to: '2024-03', step: '1mo', ...UTC });
    expect(months.map(({ key }) => key)).toEqual(['2023-12', '2024-01', '2024-02', '2024-03']);
    const odd = cutRange({ from: '2024-01-31', to: '2024-04-01T00:00Z', step: '1mo', ...UTC });
    expect(odd.map(({ key }) => key)).toEqual([
      '2024-01-31_2024-02-29',
      '2024-02-29_2024-03-31',
      '2024-03-31_2024-04-01',
    ]);
  });

  it('have the name of the calendar only where they are what it means', () => {
    const keys = (range: Parameters<typeof cutRange>[0]) => cutRange(range).map(({ key }) => key);
    expect(keys({ from: '2024-01-01', to: '2024-01-10', step: '1w', ...UTC })).toEqual([
      '2024-W01',
      '2024-01-08_2024-01-11',
    ]);
    expect(keys({ from: '2023', to: '2024', step: '1y', ...UTC })).toEqual(['2023', '2024']);
    expect(keys({ from: '2024-01-01T22:00Z', to: '2024-01-02', step: '1h', ...UTC }).slice(0, 3)).toEqual([
      '2024-01-01T22Z',
      '2024-01-01T23Z',
      '2024-01-02T00Z',
    ]);
    expect(keys({ from: '2024-11-03T05:00Z', to: '2024-11-03T08:00Z', step: '1h', ...NEW_YORK })).toEqual([
      '2024-11-03T05Z',
      '2024-11-03T06Z',
      '2024-11-03T07Z',
    ]);
    expect(keys({ from: '2024-01-01', to: '2024-01-04', step: '2d', ...UTC })).toEqual([
      '2024-01-01_2024-01-03',
      '2024-01-03_2024-01-05',
    ]);
    expect(keys({ from: '2024-01-01T00:00Z', to: '2024-01-01T01:00Z', step: '30min', ...UTC })).toEqual([
      '2024-01-01T0000Z_2024-01-01T0030Z',
      '2024-01-01T0030Z_2024-01-01T0100Z',
    ]);
  });

  it.each([
    [{ from: '2024', to: '2024', step: '1 day', ...UTC }, '"1 day" is no step.'],
    [{ from: '2024', to: '2024', step: '0d', ...UTC }, '"0d" is no step.'],
    [{ from: 'monday', to: '2024', step: '1d', ...UTC }, '"monday" is no time for --from.'],
    [{ from: '2024', to: '2024-13-01', step: '1d', ...UTC }, '"2024-13-01" is no time for --to.'],
    [{ from: '2025', to: '2024', step: '1d', ...UTC }, 'The range from 2025 to 2024 is empty.'],
    [{ from: '2024', to: '2024', step: '1d', timezone: 'Mars/Base' }, '"Mars/Base" is no time zone.'],
    [
      { from: '1970', to: '2024', step: '1h', ...UTC },
      'The range from 1970 to 2024 has more than 20000 steps of 1h.',
    ],
  ])('cannot be cut from %o', (range, message) => {
    expect(() => cutRange(range)).toThrow(message);
  });
});
