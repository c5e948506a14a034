import type { Market } from '../../definition/schedules/markets.js';

/** Rules of date-holidays, each with the name of the day. */
type Rules = ReadonlyArray<readonly [rule: string, name: string]>;

const NEW_YEAR = "New Year's Day";
const GOOD_FRIDAY: Rules[number] = ['easter -2', 'Good Friday'];
const EASTER_MONDAY: Rules[number] = ['easter 1', 'Easter Monday'];

/** New York moves a holiday from a Saturday to Friday and from a Sunday to Monday; New Year's Day never to December. */
const NEW_YORK: Rules = [
  ['01-01 and if sunday then next monday', NEW_YEAR],
  ['3rd monday in January', 'Martin Luther King Jr. Day'],
  ['3rd monday in February', "Washington's Birthday"],
  GOOD_FRIDAY,
  ['monday before 06-01', 'Memorial Day'],
  ['06-19 and if saturday then previous friday if sunday then next monday', 'Juneteenth'],
  ['07-04 and if saturday then previous friday if sunday then next monday', 'Independence Day'],
  ['1st monday in September', 'Labor Day'],
  ['4th thursday in November', 'Thanksgiving Day'],
  ['12-25 and if saturday then previous friday if sunday then next monday', 'Christmas Day'],
];

/** What falls on a weekend is made up for on the next weekdays, Christmas and Boxing Day one after the other. */
const AFTER_WEEKEND = 'if saturday then next monday if sunday then next monday';
const CHRISTMAS_AND_BOXING_DAY: Rules = [
  ['12-25 and if saturday then next monday if sunday then next tuesday', 'Christmas Day'],
  ['12-26 and if saturday then next monday if sunday then next tuesday', 'Boxing Day'],
];

const EUROPEAN: Rules = [
  ['01-01', NEW_YEAR],
  GOOD_FRIDAY,
  EASTER_MONDAY,
  ['05-01', 'Labour Day'],
  ['12-25', 'Christmas Day'],
  ['12-26', 'Boxing Day'],
];

/** Full days on which each market is closed, as its rules stand today. Days of mourning and half days are not in them. */
export const MARKET_RULES: Readonly<Record<Market, Rules>> = {
  NYSE: NEW_YORK,
  NASDAQ: NEW_YORK,
  LSE: [
    [`01-01 and ${AFTER_WEEKEND}`, NEW_YEAR],
    GOOD_FRIDAY,
    EASTER_MONDAY,
    ['1st monday in May', 'Early May bank holiday'],
    ['monday before 06-01', 'Spring bank holiday'],
    ['monday before 09-01', 'Summer bank holiday'],
    ...CHRISTMAS_AND_BOXING_DAY,
  ],
  XETRA: [...EUROPEAN, ['12-24', 'Christmas Eve'], ['12-31', "New Year's Eve"]],
  EURONEXT: EUROPEAN,
  TSX: [
    [`01-01 and ${AFTER_WEEKEND}`, NEW_YEAR],
    ['3rd monday in February', 'Family Day'],
    GOOD_FRIDAY,
    ['monday before 05-25', 'Victoria Day'],
    [`07-01 and ${AFTER_WEEKEND}`, 'Canada Day'],
    ['1st monday in August', 'Civic Holiday'],
    ['1st monday in September', 'Labour Day'],
    ['2nd monday in October', 'Thanksgiving Day'],
    ...CHRISTMAS_AND_BOXING_DAY,
  ],
};
