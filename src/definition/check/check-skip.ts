import type { ScheduleDefinition } from '../schema/schedule-schema.js';
import { asList } from '../plan/build-schedules.js';
import { isDay } from '../schedules/parse-moment.js';
import { isMarket, MARKET_NAMES } from '../schedules/markets.js';
import { suggest } from '../suggest.js';
import type { ReportSchedule } from './check-schedules.js';

const PLACE = /^[A-Z]{2}(?:-[A-Z0-9]{1,4}){0,2}$/;

/** Checks the days on which a schedule starts nothing. */
export function checkSkip(
  { holidays, market, dates = [] }: NonNullable<ScheduleDefinition['skip']>,
  report: ReportSchedule,
): void {
  for (const [j, place] of asList(holidays).entries()) {
    if (PLACE.test(place.toUpperCase()) && isCountry(place.slice(0, 2).toUpperCase())) continue;
    const message = `skips the holidays of "${place}", which is no country; write a code such as US, or DE-BY for a part of one`;
    report('unknown-calendar', at('holidays', holidays, j), message);
  }
  for (const [j, name] of asList(market).entries()) {
    if (isMarket(name)) continue;
    const message = `skips the closed days of "${name}", a market that is not known. Markets: ${MARKET_NAMES.join(', ')}.`;
    report('unknown-calendar', at('market', market, j), message, {
      suggestion: () => suggest(name, MARKET_NAMES),
    });
  }
  for (const [j, days] of dates.entries()) checkDays(days, ['skip', 'dates', j], report);
}

type Days = NonNullable<NonNullable<ScheduleDefinition['skip']>['dates']>[number];

function checkDays(days: Days, path: readonly (string | number)[], report: ReportSchedule): void {
  const given = typeof days === 'string' ? { from: days, to: days } : days;
  const wrong = Object.values(given).filter((day) => !isDay(day));
  for (const day of new Set(wrong)) {
    report('wrong-value', path, `skips "${day}", which is no day; write 2026-12-24, or 12-24 for every year`);
  }
  if (wrong.length > 0) return;
  if (given.from.length !== given.to.length) {
    report(
      'wrong-value',
      path,
      `skips from ${given.from} to ${given.to}; give both with the year, or both without`,
    );
  } else if (given.to < given.from) {
    report('wrong-value', path, `skips from ${given.from} to ${given.to}, which is the wrong way round`);
  }
}

function at(key: string, given: unknown, j: number): readonly (string | number)[] {
  return typeof given === 'string' ? ['skip', key] : ['skip', key, j];
}

/** Which countries have holidays here is known only when they are computed; this tells a typo from a country. */
function isCountry(code: string): boolean {
  return new Intl.DisplayNames('en', { type: 'region', fallback: 'none' }).of(code) !== undefined;
}
