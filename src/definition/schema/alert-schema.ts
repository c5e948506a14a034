import { z } from 'zod';
import { ALERT_SEVERITIES } from '../../engine/alert-rule.js';
import { choice, flag, id, integer, list, must, object, positiveDuration, text } from './fields.js';

const TIME_FORM = 'a time of day such as "22:00"';
const timeOfDay = z.string(must(TIME_FORM)).regex(/^([01]\d|2[0-3]):[0-5]\d$/, must(TIME_FORM));

const severity = choice(ALERT_SEVERITIES);
const channels = list(text, 'names of channels').min(1, must('a list of at least one channel'));

const escalation = object({
  after: positiveDuration.describe('Time without an acknowledgement since it was told first.'),
  channels: channels.describe('Who is told then.'),
  severity: severity.optional().describe('Its severity from then on.'),
});

const quietHours = object({
  from: timeOfDay.describe('When they begin, by the clocks of the time zone.'),
  to: timeOfDay.describe('When they end; earlier than `from` is the next day.'),
  timezone: text.optional().describe('An IANA name such as Europe/Berlin. Default: UTC.'),
  below: severity
    .optional()
    .describe('What is less severe than this is held until their end. Default: high.'),
});

const alertSchema = object({
  name: id.describe('Unique here; a part of the key of its alerts.'),
  when: text.describe(
    'An expression over what is known of the run or of the pipeline: true raises the alert.',
  ),
  severity: severity.optional().describe('Default: medium.'),
  channels: channels.describe('Channels of the configuration.'),
  message: text.min(1, must('a string')).optional().describe('What people read. May hold expressions.'),
  group_by: text
    .min(1, must('a string'))
    .optional()
    .describe('Each value has an alert of its own. May hold expressions.'),
  for: positiveDuration.optional().describe('It is told once it has held this long. Default: at once.'),
  consecutive: integer(1, 1_000)
    .optional()
    .describe('It is told once it was found this often with no good run in between. Default: 1.'),
  repeat: positiveDuration
    .optional()
    .describe('Tells again after this time until somebody acknowledges it. Default: never.'),
  escalate: z
    .union(
      [escalation, list(escalation, 'steps')],
      must('a step of `after` and `channels`, or a list of them'),
    )
    .optional()
    .describe('Who is told as well when nobody acknowledges it.'),
  quiet_hours: quietHours.optional().describe('When people are left alone.'),
  tell_end: flag.optional().describe('Whether its end is told. Default: true.'),
});

/** `alerts` of a definition. */
export const alertsSchema = list(alertSchema, 'alerts')
  .optional()
  .describe('When people are told that something is wrong, and how.');

export type AlertDefinition = z.output<typeof alertSchema>;
