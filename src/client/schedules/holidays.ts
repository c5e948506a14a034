import type HolidaysOfPlace from 'date-holidays';
import type { Market } from '../../definition/schedules/markets.js';
import { suggest } from '../../definition/suggest.js';
import { ClientError } from '../client-error.js';
import { MARKET_RULES } from './market-rules.js';

type Holidays = typeof HolidaysOfPlace;

/** Public holidays of a country or a part of it (`DE-BY`), by day, with their names. Throws `holidays_unknown`. */
export async function holidaysOf(
  place: string,
  years: readonly number[],
): Promise<ReadonlyMap<string, string>> {
  const Holidays = await library();
  const [country = '', state, region] = place.split('-');
  checkPlace(new Holidays(), place);
  const known = new Holidays(country, state ?? '', region ?? '', { languages: 'en', types: ['public'] });
  return daysOf(known, years);
}

/** Days other than weekends on which a market is closed by its rules, by day, with their names. */
export async function marketHolidays(
  market: Market,
  years: readonly number[],
): Promise<ReadonlyMap<string, string>> {
  const Holidays = await library();
  const known = new Holidays();
  for (const [rule, name] of MARKET_RULES[market]) {
    known.setHoliday(rule, { name: { en: name }, type: 'public' });
  }
  return daysOf(known, years);
}

/** A holiday of several days counts on each of them; one that begins the evening before, on its day. */
function daysOf(holidays: HolidaysOfPlace, years: readonly number[]): ReadonlyMap<string, string> {
  const days = new Map<string, string>();
  for (const { date, start, end, name } of years.flatMap((year) => holidays.getHolidays(year, 'en'))) {
    const length = Math.max(1, Math.round((end.getTime() - start.getTime()) / 86_400_000));
    const first = Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
    for (let i = 0; i < length; i++)
      days.set(new Date(first + i * 86_400_000).toISOString().slice(0, 10), name);
  }
  return days;
}

/** Says which part of a place is not known, with what is. */
function checkPlace(holidays: HolidaysOfPlace, place: string): void {
  const [country = '', state, region] = place.split('-');
  const steps: ReadonlyArray<readonly [string | undefined, Record<string, string> | undefined, string]> = [
    [country, holidays.getCountries('en'), 'countries'],
    [state, holidays.getStates(country, 'en'), `parts of ${country}`],
    [
      region,
      state === undefined ? undefined : holidays.getRegions(country, state, 'en'),
      `parts of ${country}-${state}`,
    ],
  ];
  for (const [code, known, what] of steps) {
    const codes = Object.keys(known ?? {});
    if (code === undefined || codes.includes(code)) continue;
    const near = suggest(code, codes);
    throw new ClientError(
      'holidays_unknown',
      `No holidays are known of "${place}": "${code}" is not one of the ${what}.`,
      {
        hint: `${near === null ? '' : `Did you mean "${near}"? `}Known ${what}: ${codes.length === 0 ? 'none' : codes.join(', ')}.`,
      },
    );
  }
}

/** Installed by those who use it: with what it needs it is 45 MB. */
async function library(): Promise<Holidays> {
  try {
    return (await import('date-holidays')).default;
  } catch (error) {
    throw new ClientError(
      'holidays_unknown',
      'Holidays need the package "date-holidays", which is not installed here.',
      {
        hint: 'Install it beside sluice with: npm install date-holidays',
        cause: error,
      },
    );
  }
}
