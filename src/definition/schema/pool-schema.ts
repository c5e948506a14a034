import { z } from 'zod';
import { id, integer, list, must, number, object, positiveDuration, template, text } from './fields.js';

const poolSettings = object({
  slots: integer(1).optional().describe('How much may run at once.'),
  rate: object({
    limit: integer(1).describe('How many may start in a period.'),
    per: positiveDuration.describe('The period.'),
  })
    .optional()
    .describe('How many may start in a period, for each key that stages give.'),
});

/** Pools by name, at the top of a definition that brings its own. */
export const poolsSchema = z
  .record(z.string(), poolSettings, must('an object of pools'))
  .optional()
  .describe('Pools of slots and rates that runs share; those of the configuration need not stand here.');

const poolUse = object({
  name: id.describe('The pool.'),
  slots: integer(1).optional().describe('How many slots of it an attempt holds. Default: 1.'),
  key: template
    .optional()
    .describe('Splits the rate: one for each value, such as an API key. May hold expressions.'),
});

const POOL_FORM = 'the name of a pool, { name, slots, key }, or a list of them';

/** What a stage says of the pools that it needs. */
export const poolUseSchema = z
  .union([text, poolUse, list(z.union([text, poolUse]), 'pools')], must(POOL_FORM))
  .optional()
  .describe('Pools of which an attempt holds slots while it runs.');

/** Whom a run is counted for, where many runs want the same workers. */
export const fairnessSchema = object({
  key: text
    .min(1, must('a string'))
    .optional()
    .describe('Runs of one key share what is fair. May hold inputs and variables. Default: the pipeline.'),
  weight: number()
    .min(0.001, must('a number from 0.001 to 1000'))
    .max(1000, must('a number from 0.001 to 1000'))
    .optional()
    .describe('A key with twice the weight gets twice as much. Default: 1.'),
})
  .optional()
  .describe('How runs share busy workers.');
