import { z } from 'zod';
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

/** `deadline` of a stage or a run. */
export const deadlineSchema = z
  .union(
    [
      positiveDuration,
      object({
        after: positiveDuration.describe('Time from the start.'),
        warn_before: duration
          .optional()
          .describe('How long before the deadline to alarm people. Default: a fifth of it.'),
      }),
    ],
    must(`${DURATION_MESSAGE}, or an object of \`after\` and \`warn_before\``),
  )
  .describe('Time from the start after which people are alarmed; nothing is stopped.');
