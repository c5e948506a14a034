import { z } from 'zod';
import {
  choice,
  duration,
  ENV_NAME,
  flag,
  idKey,
  integer,
  list,
  must,
  NAME,
  number,
  object,
  positiveDuration,
  record,
  scalar,
  template,
  text,
} from './fields.js';
import { sharedSettings } from './stage-schema.js';

export const INPUT_TYPES = ['string', 'integer', 'number', 'boolean', 'date', 'list', 'object'] as const;

export const inputSchema = object({
  type: choice(INPUT_TYPES),
  required: flag.optional().describe('Default: false.'),
  default: template.optional().describe('Used when a run is not given the input.'),
  description: text.optional(),
  enum: list(template, 'values')
    .min(1, must('a list of at least one value'))
    .optional()
    .describe('Allowed values.'),
  pattern: text.optional().describe('A regular expression that a string must match.'),
  minimum: number().optional(),
  maximum: number().optional(),
  exclusive_minimum: number().optional(),
  exclusive_maximum: number().optional(),
  multiple_of: number().positive(must('a number above 0')).optional(),
  min_length: integer(0).optional(),
  max_length: integer(0).optional(),
  min_items: integer(0).optional(),
  max_items: integer(0).optional(),
  unique_items: flag.optional(),
});

const NAME_FORM = 'a name of lower-case letters, digits and "-"';

const modeSchema = object({
  description: text.optional(),
  stages: list(text, 'stage IDs')
    .min(1, must('a list of at least one stage ID'))
    .optional()
    .describe('The stages that run; all others are skipped. Default: all.'),
  variables: z.record(idKey, template, must('an object of values')).optional().describe('Replace variables.'),
});

const requirementSchema = object({
  pipeline: text.describe('Name of the pipeline that must have succeeded.'),
  max_age: duration.optional().describe('How long ago at most.'),
});

const concurrencySchema = object({
  group: text.min(1, must('a name')).describe('At most one run of a group at a time.'),
  on_conflict: choice(['reject', 'queue', 'cancel_running'])
    .optional()
    .describe('What a run does that meets another one. Default: reject.'),
});

const secretName = z
  .string(must('the name of an environment variable'))
  .regex(ENV_NAME, must('the name of an environment variable'));

/** Everything in a definition but its stages and hooks. */
export const headerShape = {
  $schema: text.optional().describe('For editors.'),
  name: z.string(must(NAME_FORM)).regex(NAME, must(NAME_FORM)).describe('Name of the pipeline.'),
  version: text.min(1, must('a string')).optional().describe('Default: "0".'),
  description: text.optional(),
  author: text.optional(),
  tags: list(text, 'strings').optional(),
  labels: record(scalar, 'labels').optional().describe('Searchable pairs of name and value.'),
  inputs: z
    .record(idKey, inputSchema, must('an object of inputs'))
    .optional()
    .describe('What a run must be given; checked before it starts.'),
  variables: z
    .record(idKey, template, must('an object of values'))
    .optional()
    .describe('Fixed values; ${NAME} and ${NAME:-default} read the environment.'),
  secrets: list(secretName, 'names').optional().describe('Environment variables that only the worker reads.'),
  scheduling: choice(['dataflow', 'strict']).optional().describe('Default: dataflow.'),
  failure: choice(['fail_fast', 'continue']).optional().describe('Default: fail_fast.'),
  max_parallel_stages: integer(1).optional().describe('Default: no limit.'),
  timeout: positiveDuration.optional().describe('Limit of the whole run. Default: none.'),
  defaults: object(sharedSettings).optional().describe('For every stage that does not say otherwise.'),
  requires: list(requirementSchema, 'requirements').optional().describe('Checked before a run starts.'),
  concurrency: concurrencySchema.optional(),
  modes: z
    .record(idKey, modeSchema, must('an object of modes'))
    .optional()
    .describe('Named selections of stages.'),
  outputs: z
    .record(idKey, template, must('an object of values'))
    .optional()
    .describe('The outputs of the run.'),
};

export const headerSchema = object(headerShape);

export type HeaderDefinition = z.output<typeof headerSchema>;
export type InputDefinition = z.output<typeof inputSchema>;

export const HOOK_NAMES = ['on_success', 'on_failure', 'finally'] as const;
