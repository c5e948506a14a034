import { InvalidArgumentError } from 'commander';
import { DURATION_FORM, parseDuration } from '../../shared/duration.js';

/** Parses the value of an option that is a duration, into milliseconds. A bare number is seconds. */
export function durationOption(text: string): number {
  const ms = parseDuration(/^\d+(\.\d+)?$/.test(text) ? Number(text) : text);
  if (ms === null) throw new InvalidArgumentError(`Expected ${DURATION_FORM}.`);
  return ms;
}
