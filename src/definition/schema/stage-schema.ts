import { z } from 'zod';
import { approvalSchema } from './approval-schema.js';
import { canarySchema } from './canary-schema.js';
import {
  choice,
  duration,
  ENV_NAME,
  flag,
  id,
  integer,
  list,
  must,
  number,
  object,
  positiveDuration,
  record,
  scalar,
  template,
  text,
} from './fields.js';
import { poolUseSchema } from './pool-schema.js';
import { deadlineSchema, holdSchema } from './steering-schema.js';
import { mapSchema } from './map-schema.js';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;
const RUN_WHEN = ['all_succeeded', 'all_done', 'any_succeeded', 'any_failed', 'always'] as const;

/** The keys that say what a stage does; each stage has exactly one. */
export const KIND_KEYS = [
  'uses',
  'run',
  'http',
  'pipeline',
  'gate',
  'set',
  'sleep',
  'until',
  'wait_for',
  'approval',
  'canary',
] as const;

export type KindKey = (typeof KIND_KEYS)[number];

const envKey = z.string().regex(ENV_NAME, must('the name of an environment variable'));

const retrySchema = object({
  max_attempts: integer(0)
    .optional()
    .describe(
      'Attempts in all, the first one included; 0 is without limit. Default: 3, for a pipeline stage 1.',
    ),
  initial_delay: duration.optional().describe('Wait before the second attempt.'),
  backoff: number()
    .min(1, must('a number of at least 1'))
    .optional()
    .describe('Each wait is this many times the one before.'),
  max_delay: duration.optional().describe('Longest wait between attempts.'),
  retryable_errors: list(text, 'error types')
    .optional()
    .describe('When not empty, only these error types are retried.'),
  non_retryable_errors: list(text, 'error types').optional().describe('Error types that are never retried.'),
});

const status = integer(100, 599);

const httpSchema = object({
  url: text.describe('May hold expressions and secrets.'),
  method: choice(METHODS).optional().describe('Default: GET.'),
  headers: record(scalar, 'headers').optional().describe('May hold expressions and secrets.'),
  query: record(template, 'query parameters').optional().describe('Added to the URL.'),
  body: template.optional().describe('An object or a list is sent as JSON, a string as it is.'),
  expected_status: z
    .union([status, list(status, 'status codes')], must('a status code or a list of them'))
    .optional()
    .describe('Statuses that count as success. Default: 200 to 299.'),
  response: choice(['auto', 'json', 'text']).optional().describe('How the body is read. Default: auto.'),
});

const gateSchema = object({
  checks: list(
    object({
      name: text.describe('Shown in the result.'),
      assert: text.describe('A CEL expression that must be true.'),
    }),
    'checks',
  )
    .min(1, must('a list of at least one check'))
    .describe('What must hold.'),
  min_pass_rate: number()
    .min(0, must('a number from 0 to 1'))
    .max(1, must('a number from 0 to 1'))
    .optional()
    .describe('Share of checks that must hold. Default: 1, all of them.'),
});

const setSchema = object({
  output: template.optional().describe('The output of the stage.'),
  state: record(template, 'values').optional().describe('Keys set in the state of the run.'),
});

const fallbackSchema = object({
  last_success: object({
    max_age: positiveDuration.optional().describe('How old the output may be at most. Default: any age.'),
  })
    .optional()
    .describe('The output of the newest run of this pipeline in which the stage succeeded.'),
  value: template.optional().describe('This value.'),
  uses: text.optional().describe('The output of this stage function.'),
  with: record(template, 'params').optional().describe('Params of the stage function.'),
});

const waitForSchema = object({
  uses: text.optional().describe('A stage function that says whether to go on.'),
  with: record(template, 'params').optional().describe('Params of the stage function.'),
  pipeline: text.optional().describe('A pipeline that must have succeeded.'),
  max_age: duration.optional().describe('How long ago it may have succeeded at most.'),
  file: text.optional().describe('A file that must exist on the worker.'),
  every: positiveDuration.optional().describe('Time between two looks. Default: 30s.'),
  timeout: positiveDuration.optional().describe('Longest wait in all. Default: 24h.'),
});

const cacheSchema = z.union(
  [
    flag,
    object({
      key: template
        .optional()
        .describe('What the result depends on; default: the function, its version and its params.'),
      max_age: positiveDuration.optional().describe('Older results are not used. Default: no limit.'),
    }),
  ],
  must('true, false, or an object of `key` and `max_age`'),
);

/** Settings that `defaults` gives to every stage. */
export const sharedSettings = {
  timeout: positiveDuration.optional().describe('Limit of one attempt. Default: 24h.'),
  total_timeout: positiveDuration
    .optional()
    .describe('Limit of all attempts and the waits between them. Default: none.'),
  queue_timeout: positiveDuration
    .optional()
    .describe('Limit of the wait for a worker, and of each wait for slots of a pool. Default: none.'),
  heartbeat_timeout: positiveDuration
    .optional()
    .describe('A worker that is silent for so long counts as dead. Default: 30s.'),
  retry: retrySchema
    .optional()
    .describe('When and how often to try again. Default: one attempt, three for http.'),
  continue_on_error: flag.optional().describe('A failure here does not fail the run. Default: false.'),
  task_queue: text.min(1, must('a name')).optional().describe('Where it runs.'),
  priority: integer(1, 5).optional().describe('1 goes first, 5 goes last. Default: 3, as in Temporal.'),
};

/** What a worker does for a stage, or to take back what a stage did. */
const actionShape = {
  uses: text.optional().describe('Kind: a registered stage function.'),
  with: record(template, 'params').optional().describe('Params of `uses`, or inputs of `pipeline`.'),
  run: z
    .union(
      [text, list(text, 'strings').min(1, must('a list of at least one string'))],
      must('a string or a list of strings'),
    )
    .optional()
    .describe('Kind: a command. A list is executed as it is; a string runs in `sh -e`.'),
  env: z
    .record(envKey, scalar, must('an object of environment variables'))
    .optional()
    .describe('Environment of `run`.'),
  cwd: text.optional().describe('Working folder of `run`.'),
  grace: duration
    .optional()
    .describe(
      'Time to end after being told to stop: before SIGKILL for `run` (default: 10s), before it is left behind for `uses` (default: 5s).',
    ),
  http: httpSchema.optional().describe('Kind: an HTTP request.'),
};

/** One stage. Which keys go together is checked after this. */
export const stageSchema = object({
  id: id.describe('Unique in the file: letters, digits, "_" and "-".'),
  name: text.optional().describe('Shown to people. Default: the ID.'),
  description: text.optional().describe('For readers of the file.'),
  depends_on: z
    .union([text, list(text, 'stage IDs')], must('a stage ID or a list of them'))
    .optional()
    .describe('Stages that must end first. Those that expressions use are added by themselves.'),
  enabled: flag.optional().describe('false skips the stage. Default: true.'),
  condition: z
    .union([text, z.boolean()], must('a CEL expression'))
    .optional()
    .describe('A CEL expression; the stage is skipped when it is false.'),
  run_when: choice(RUN_WHEN)
    .optional()
    .describe('When to run, looking at how its dependencies ended. Default: all_succeeded.'),
  ...sharedSettings,
  mode: choice(['activity', 'local']).optional().describe('local: for functions far shorter than a second.'),
  isolation: choice(['none', 'thread'])
    .optional()
    .describe('thread: for functions that block the event loop.'),
  cache: cacheSchema.optional().describe('Gives the result of earlier equal work instead of running.'),
  pool: poolUseSchema,
  hold_on_failure: holdSchema.optional(),
  deadline: deadlineSchema.optional(),
  fallback: fallbackSchema
    .optional()
    .describe('Where the output comes from when the stage is out of attempts.'),
  undo: object(actionShape)
    .optional()
    .describe('Takes back what the stage did, when the run does not succeed: `uses`, `run` or `http`.'),
  map: mapSchema.optional().describe('Runs the stage once for each item of a list, a range or pages.'),
  artifacts: list(text, 'file names').optional().describe('Files that the stage writes and that are kept.'),
  ...actionShape,
  pipeline: text
    .optional()
    .describe('Kind: another pipeline, by path relative to this file or by configured name.'),
  gate: gateSchema.optional().describe('Kind: checks that must hold.'),
  set: setSchema.optional().describe('Kind: computes values.'),
  sleep: z
    .union([z.string(), z.number()], must('a duration'))
    .optional()
    .describe('Kind: waits for a duration.'),
  until: text.optional().describe('Kind: waits until an ISO 8601 time.'),
  wait_for: waitForSchema.optional().describe('Kind: waits until something is true.'),
  approval: approvalSchema.optional().describe('Kind: waits for people to approve or reject.'),
  canary: canarySchema
    .optional()
    .describe('Kind: moves traffic to a new version in steps, measures both, and promotes or rolls back.'),
});

export type StageDefinition = z.output<typeof stageSchema>;
