import { luxon } from './libraries.js';

/** True for the IANA name of a time zone, in the spelling that servers find too: they tell capitals apart. */
export function isTimezone(name: string): boolean {
  if (name === 'UTC') return true;
  if (!/^[A-Za-z]/.test(name) || !luxon().IANAZone.isValidZone(name)) return false;
  const lower = name.toLowerCase();
  const listed = timezoneNames().find((known) => known.toLowerCase() === lower);
  return listed === undefined || listed === name;
}

/** The names to suggest from. */
export function timezoneNames(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone')];
}
