import { createRequire } from 'node:module';
import type * as CronParser from 'cron-parser';
import type * as Luxon from 'luxon';

const require = createRequire(import.meta.url);

/** Read from disk only where a definition has schedules: together they add 50 ms to the start of a command. */
export function cronParser(): typeof CronParser {
  return require('cron-parser') as typeof CronParser;
}

/** See {@link cronParser}. */
export function luxon(): typeof Luxon {
  return require('luxon') as typeof Luxon;
}
