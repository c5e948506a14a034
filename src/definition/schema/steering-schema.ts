import { z } from 'zod';
import { parseDuration } from '../../shared/duration.js';
import { INSTANT_FORM, isInstant } from '../../shared/instant.js';
import { choice, duration, DURATION_MESSAGE, flag, must, object, positiveDuration } from './fields.js';

/** `hold_on_failure` of a stage. */
export const holdSchema = z
  .union(
    [
      flag,
      object({
        timeout: positiveDuration.optional().describe('How long people may take. Default: no limit.'),
        on_timeout: choice(['fail', 'skip'])
          .optional()
          .describe('What becomes of the stage then. Default: fail.'),
      }),
    ],
    must('true, false, or an object of `timeout` and `on_timeout`'),
  )
  .describe('Out of attempts, waits for a person to retry, skip or fail it.');

const DEADLINE_FORM = `${DURATION_MESSAGE}, or an ISO 8601 time with its zone, or an object of \`after\` or \`at\`, and \`warn_before\``;

const due = z
  .union([z.string(), z.number()], must(DEADLINE_FORM))
  .refine((value) => isDue(value), must(DEADLINE_FORM))
  .meta({ examples: ['2h', '2030-01-31T09:00:00Z'] });

const instant = z.string(must(INSTANT_FORM)).refine(isInstant, must(INSTANT_FORM));

function isDue(value: string | number): boolean {
  return (parseDuration(value) ?? 0) > 0 || (typeof value === 'string' && isInstant(value));
}

/** `deadline` of a stage or a run. */
export const deadlineSchema = z
  .union(
    [
      due,
      object({
        after: positiveDuration.optional().describe('Time from the start.'),
        at: instant.optional().describe('An ISO 8601 time with its zone, in place of `after`.'),
        warn_before: duration
          .optional()
          .describe('How long before the deadline to alarm people. Default: a fifth of it.'),
      }),
    ],
    must(DEADLINE_FORM),
  )
  .describe('When people are alarmed: a time from the start, or an ISO 8601 time; nothing is stopped.');
