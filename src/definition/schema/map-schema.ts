import { z } from 'zod';
import { choice, integer, list, must, number, object, record, template, text } from './fields.js';

/** What may name an item. */
export const IDENTIFIER = /^[A-Za-z_]\w{0,99}$/;
const NAME_FORM = 'a name of letters, digits and "_" that expressions can use';

const rangeSchema = object({
  range: z
    .union([integer(0), text], must('a whole number of at least 0, or an expression that gives one'))
    .describe('The items are 0 to this number less 1.'),
});

const pagesSchema = object({
  uses: text.describe('A stage function that returns `{ items, next }`; `next: null` is the end.'),
  with: record(template, 'params').optional().describe('Its params; `cursor` is added, null at first.'),
});

const streamSchema = object({
  stream: text.describe('A stage whose function yields: its chunks are the items, and run as they come.'),
});

const failuresSchema = object({
  max_failures: integer(0).optional().describe('The stage fails when more items failed.'),
  max_failure_ratio: number()
    .min(0, must('a number from 0 to 1'))
    .max(1, must('a number from 0 to 1'))
    .optional()
    .describe('The stage fails when a larger share of all items failed.'),
});

/** `map` of a stage. */
export const mapSchema = object({
  over: z
    .union(
      [text, list(template, 'items'), rangeSchema, pagesSchema, streamSchema],
      must(
        'a list, an expression that gives one, `{ range: n }`, `{ uses: … }` for pages, or `{ stream: … }` for the chunks of a stage',
      ),
    )
    .describe(
      'What to go over: a list, an expression that gives one, a range, a source of pages, or what a stage gives while it runs.',
    ),
  as: z
    .string(must(NAME_FORM))
    .regex(IDENTIFIER, must(NAME_FORM))
    .optional()
    .describe('The name of an item in expressions. Default: item. Its position is `index`.'),
  batch_size: integer(1, 10_000)
    .optional()
    .describe('Items that travel in one activity; `batch` is the list of them. Default: 1.'),
  max_concurrency: integer(1, 4_000).optional().describe('Most that run at once. Default: 100.'),
  on_item_failure: z
    .union([choice(['fail', 'continue']), failuresSchema], must('fail, continue, or an object of limits'))
    .optional()
    .describe('What failed items mean for the stage. Default: fail, at the first one.'),
  collect: choice(['list', 'count', 'file'])
    .optional()
    .describe(
      'The output: the results as a list or as a file of JSON Lines, or only how many. Default: list.',
    ),
});

export type MapDefinition = z.output<typeof mapSchema>;
