import { z } from 'zod';
import { OVERLAP_POLICIES } from '../../engine/schedule-plan.js';
import {
  choice,
  duration,
  flag,
  id,
  list,
  must,
  object,
  positiveDuration,
  template,
  text,
} from './fields.js';

const CRON_FORM = 'a cron expression or a list of them';

const day = text.meta({ examples: ['2026-12-24', '12-24'] });

const DAYS_FORM = 'a date such as 2026-12-24, or 12-24 for every year, or { from, to }';

const days = z.union([day, object({ from: day, to: day })], must(DAYS_FORM));

const skipSchema = object({
  holidays: z
    .union([text, list(text, 'countries')], must('a country such as US or DE-BY, or a list of them'))
    .optional()
    .describe('Countries, or parts of them, whose public holidays are skipped.'),
  market: z
    .union([text, list(text, 'markets')], must('a market such as NYSE, or a list of them'))
    .optional()
    .describe('Markets whose closed days and weekends are skipped.'),
  dates: list(days, 'dates').optional().describe('Days of your own.'),
});

const scheduleSchema = object({
  id: id.describe('Unique in this file; its ID on the server is PIPELINE/ID.'),
  cron: z
    .union([text, list(text, 'cron expressions').min(1, must(CRON_FORM))], must(CRON_FORM))
    .optional()
    .describe('When runs start: minute, hour, day of month, month, day of week.'),
  every: positiveDuration.optional().describe('Starts a run every so long, counted from 1970.'),
  offset: duration.optional().describe('Moves the starts of `every`.'),
  timezone: text.optional().describe('IANA name of the zone whose clock counts. Default: UTC.'),
  mode: text.optional().describe('The mode of its runs.'),
  inputs: z
    .record(z.string(), template, must('an object of values'))
    .optional()
    .describe('Inputs of its runs.'),
  jitter: duration.optional().describe('Puts each start off by a random time up to this.'),
  overlap: choice(OVERLAP_POLICIES)
    .optional()
    .describe('What happens when a run of it goes on at the next start. Default: skip.'),
  catchup_window: duration
    .optional()
    .describe('How late a start may be that was missed while the server was down. Default: 1d.'),
  start: text.optional().describe('Nothing starts before. A date, a date and time, or an ISO 8601 instant.'),
  end: text.optional().describe('Nothing starts after; a date is included.'),
  paused: flag.optional().describe('Default: as people left it on the server, and false for a new one.'),
  note: text.optional().describe('Shown beside the schedule, such as why it is paused.'),
  pause_on_failure: flag.optional().describe('Pauses after a run that failed or timed out. Default: false.'),
  skip: skipSchema.optional().describe('Days on which nothing starts.'),
});

/** When runs of a pipeline start by themselves. */
export const schedulesSchema = list(scheduleSchema, 'schedules')
  .optional()
  .describe('When runs start by themselves, once `sluice schedule apply` has told the server.');

export type ScheduleDefinition = z.output<typeof scheduleSchema>;
