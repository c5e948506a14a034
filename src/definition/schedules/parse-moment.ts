import { luxon } from './libraries.js';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_AND_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;

/**
 * The instant of `2026-12-01`, `2026-12-01T19:00` (both on the clock of the zone) or `2026-12-01T19:00:00Z`, as ISO 8601
 * in UTC. A date stands for its first moment, or for its last second where it is an end. Null for anything else.
 */
export function parseMoment(text: string, timezone: string, which: 'start' | 'end'): string | null {
  const isDate = DATE.test(text);
  if (!isDate && !DATE_AND_TIME.test(text)) return null;
  const given = luxon().DateTime.fromISO(text.replace(' ', 'T'), { zone: timezone });
  if (!given.isValid) return null;
  const moment = isDate && which === 'end' ? given.endOf('day').startOf('second') : given;
  return moment.toUTC().toISO({ suppressMilliseconds: true });
}

/** True for `2026-12-24`, and for `12-24`, if there is such a day. */
export function isDay(text: string): boolean {
  // 2024 has a 29th of February.
  const date = /^\d{2}-\d{2}$/.test(text) ? `2024-${text}` : text;
  return DATE.test(date) && luxon().DateTime.fromISO(date, { zone: 'UTC' }).isValid;
}
