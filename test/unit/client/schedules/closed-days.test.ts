import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { closedDays, closedReason } from '../../../../src/client/schedules/closed-days.js';
import { holidaysOf, marketHolidays } from '../../../../src/client/schedules/holidays.js';
import type { Market } from '../../../../src/definition/schedules/markets.js';
import type { SkipPlan } from '../../../../src/engine/schedule-plan.js';
import { aSchedule } from '../../../support/a-schedule.js';

const NOW = new Date('2026-10-01T00:00:00Z');

/** Weekdays without trading, year by year, as the Python package exchange_calendars has them. */
const CLOSED: Readonly<Record<Exclude<Market, 'NASDAQ'>, readonly string[]>> = {
  NYSE: [
    '2026-01-01 2026-01-19 2026-02-16 2026-04-03 2026-05-25 2026-06-19 2026-07-03 2026-09-07 2026-11-26 2026-12-25',
    '2027-01-01 2027-01-18 2027-02-15 2027-03-26 2027-05-31 2027-06-18 2027-07-05 2027-09-06 2027-11-25 2027-12-24',
    '2028-01-17 2028-02-21 2028-04-14 2028-05-29 2028-06-19 2028-07-04 2028-09-04 2028-11-23 2028-12-25',
  ],
  LSE: [
    '2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28',
    '2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28',
    '2028-01-03 2028-04-14 2028-04-17 2028-05-01 2028-05-29 2028-08-28 2028-12-25 2028-12-26',
  ],
  XETRA: [
    '2026-01-01 2026-04-03 2026-04-06 2026-05-01 2026-12-24 2026-12-25 2026-12-31',
    '2027-01-01 2027-03-26 2027-03-29 2027-12-24 2027-12-31',
    '2028-04-14 2028-04-17 2028-05-01 2028-12-25 2028-12-26',
  ],
  EURONEXT: [
    '2026-01-01 2026-04-03 2026-04-06 2026-05-01 2026-12-25',
    '2027-01-01 2027-03-26 2027-03-29',
    '2028-04-14 2028-04-17 2028-05-01 2028-12-25 2028-12-26',
  ],
  TSX: [
    '2026-01-01 2026-02-16 2026-04-03 2026-05-18 2026-07-01 2026-08-03 2026-09-07 2026-10-12 2026-12-25 2026-12-28',
    '2027-01-01 2027-02-15 2027-03-26 2027-05-24 2027-07-01 2027-08-02 2027-09-06 2027-10-11 2027-12-27 2027-12-28',
    '2028-01-03 2028-02-21 2028-04-14 2028-05-22 2028-07-03 2028-08-07 2028-09-04 2028-10-09 2028-12-25 2028-12-26',
  ],
};

function isWeekday(day: string): boolean {
  return DateTime.fromISO(day).weekday < 6;
}

describe('the closed days of a market', () => {
  it.each(Object.entries(CLOSED))('%s are those of an independent source', async (market, years) => {
    const days = await marketHolidays(market as Market, [2026, 2027, 2028]);
    const weekdays = [...days.keys()].filter(isWeekday).toSorted();
    expect(weekdays).toEqual(years.flatMap((year) => year.split(' ')));
  });
});

describe('the holidays of a place', () => {
  it('are those of the country, and of a part of it', async () => {
    const germany = await holidaysOf('DE', [2026]);
    const bavaria = await holidaysOf('DE-BY', [2026]);
    expect(germany.get('2026-10-03')).toBe('National Holiday');
    expect(germany.has('2026-01-06')).toBe(false);
    expect(bavaria.get('2026-01-06')).toBe('Epiphany');
  });

  it('that is not known are refused with what is', async () => {
    await expect(holidaysOf('DE-XX', [2026])).rejects.toMatchObject({
      code: 'holidays_unknown',
      message: 'No holidays are known of "DE-XX": "XX" is not one of the parts of DE.',
      hint: expect.stringContaining('BY') as string,
    });
  });
});

describe('the days on which a schedule starts nothing', () => {
  const skip = (own: Partial<SkipPlan>): SkipPlan => ({ holidays: [], markets: [], dates: [], ...own });
  const reason = async (own: Partial<SkipPlan>, day: string): Promise<string | null> =>
    closedReason(await closedDays(aSchedule({ skip: skip(own) }), NOW), day);

  it('are own dates, once or every year, from the first to the last', async () => {
    const dates = [
      { from: '2026-12-24', to: '2026-12-24' },
      { from: '12-30', to: '12-31' },
      { from: '2027-02-27', to: '2027-03-02' },
    ];
    expect(await reason({ dates }, '2026-12-24')).toBe('left out by the definition');
    expect(await reason({ dates }, '2027-12-24')).toBeNull();
    expect(await reason({ dates }, '2035-12-31')).toBe('left out by the definition');
    expect(await reason({ dates }, '2027-03-02')).toBe('left out by the definition');
    expect(await reason({ dates }, '2027-03-03')).toBeNull();
  });

  it('are weekends where a market is named, with no end', async () => {
    expect(await reason({ markets: ['NYSE'] }, '2040-01-01')).toBe('weekend of New York Stock Exchange');
  });

  it('are computed up to the end of the third year from now', async () => {
    const days = await closedDays(aSchedule({ skip: skip({ holidays: ['US'] }) }), NOW);
    expect(days.until).toBe('2029-12-31');
    expect(days.dates.has('2029-12-25')).toBe(true);
    expect(days.dates.has('2030-12-25')).toBe(false);
  });

  it('need no horizon where all is said by rules', async () => {
    const days = await closedDays(
      aSchedule({ skip: skip({ dates: [{ from: '12-24', to: '12-26' }] }) }),
      NOW,
    );
    expect(days.until).toBeNull();
  });
});
