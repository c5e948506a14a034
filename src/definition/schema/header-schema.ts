import { z } from 'zod';
import {
  choice,
  duration,
  ENV_NAME,
  idKey,
  integer,
  list,
  must,
  NAME,
  object,
  positiveDuration,
  record,
  scalar,
  template,
  text,
} from './fields.js';
import { alertsSchema } from './alert-schema.js';
import { fairnessSchema, poolsSchema } from './pool-schema.js';
import { inputSchema } from './input-schema.js';
import { schedulesSchema } from './schedule-schema.js';
import { sharedSettings } from './stage-schema.js';
import { deadlineSchema } from './steering-schema.js';

const NAME_FORM = 'a name of lower-case letters, digits and "-"';

const DATASET = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const DATASET_FORM = 'a name of letters, digits, ".", "_" and "-", at most 100';

const modeSchema = object({
  description: text.optional().describe('For readers of the file.'),
  stages: list(text, 'stage IDs')
    .min(1, must('a list of at least one stage ID'))
    .optional()
    .describe('The stages that run; all others are skipped. Default: all.'),
  variables: z.record(idKey, template, must('an object of values')).optional().describe('Replace variables.'),
});

const requirementSchema = object({
  pipeline: text.optional().describe('Name of the pipeline that must have run.'),
  dataset: text.optional().describe('Name of a dataset that some pipeline must have provided.'),
  status: choice(['succeeded', 'latest_succeeded', 'ended'])
    .optional()
    .describe('What counts: a success, a success as the latest end, or any end. Default: succeeded.'),
  max_age: duration.optional().describe('How long ago at most.'),
});

const freshnessSchema = object({
  max_age: positiveDuration.describe('How old the data may get: time since the end of the last success.'),
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
  description: text.optional().describe('What the pipeline is for.'),
  author: text.optional().describe('Whom to ask.'),
  tags: list(text, 'strings').optional().describe('Words to find the pipeline by.'),
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
  deadline: deadlineSchema.optional(),
  defaults: object(sharedSettings).optional().describe('For every stage that does not say otherwise.'),
  requires: list(requirementSchema, 'requirements').optional().describe('Checked before a run starts.'),
  freshness: freshnessSchema.optional().describe('How old its data may get before people are told.'),
  provides: list(z.string(must(DATASET_FORM)).regex(DATASET, must(DATASET_FORM)), 'names of datasets')
    .optional()
    .describe('Datasets that a success provides, for pipelines that require them.'),
  pools: poolsSchema,
  priority: integer(1, 5)
    .optional()
    .describe('Of its runs: 1 goes first, 5 goes last. Default: 3, as in Temporal.'),
  fairness: fairnessSchema,
  concurrency: concurrencySchema.optional().describe('Which runs exclude each other.'),
  alerts: alertsSchema,
  modes: z
    .record(idKey, modeSchema, must('an object of modes'))
    .optional()
    .describe('Named selections of stages.'),
  schedules: schedulesSchema,
  outputs: z
    .record(idKey, template, must('an object of values'))
    .optional()
    .describe('The outputs of the run.'),
};

export const headerSchema = object(headerShape);

export type HeaderDefinition = z.output<typeof headerSchema>;

export const HOOK_NAMES = ['on_success', 'on_failure', 'finally'] as const;
