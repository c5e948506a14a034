import { z } from 'zod';
import {
  choice,
  duration,
  expression,
  integer,
  lateDuration,
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

const weight = z.union([integer(1, 100), expression], must('a whole number from 1 to 100'));

const bound = z.union([number(), expression], must('a number'));

const samples = z.union([integer(0), expression], must('a whole number of at least 0'));

const headers = record(scalar, 'headers').optional().describe('May hold expressions and secrets.');

const targetSchema = object({
  service: text
    .optional()
    .describe(
      'What has the two versions; one canary of a service runs at a time. Default: pipeline and stage.',
    ),
  router: text.optional().describe('A router that speaks the admin contract; its URL.'),
  uses: text.optional().describe('A stage function that sets the weights.'),
  with: record(template, 'params')
    .optional()
    .describe('Params of `uses`; may read `weight`, `weights`, `baseline`, `candidate` and `service`.'),
  http: object({
    url: text.describe('May hold expressions and secrets.'),
    method: choice(['PUT', 'POST', 'PATCH']).optional().describe('Default: PUT.'),
    headers,
    body: template
      .optional()
      .describe('Default: an object of `service`, `baseline`, `candidate`, `weight` and `weights`.'),
  })
    .optional()
    .describe('A request that sets the weights.'),
});

const stepsSchema = list(
  z.union(
    [
      weight,
      object({
        weight: weight.describe("The candidate's share of the traffic, in percent."),
        soak: duration.optional().describe("How long, in place of the canary's `soak`."),
      }),
    ],
    must('a whole number from 1 to 100, or an object of `weight` and `soak`'),
  ),
  'weights',
)
  .min(1, must('a list of at least one weight'))
  .max(20, must('a list of at most 20 weights'));

const prometheusSchema = object({
  url: text.describe('The address of the server, without `/api/v1/query`; may hold expressions and secrets.'),
  headers,
  query: text.describe('A query that gives one number; may read `version` and `window_seconds`.'),
  samples: text.optional().describe('A query that gives of how many samples the value is made.'),
});

const answerSchema = object({
  url: text.describe('May hold expressions and secrets, and read `version` and `window_seconds`.'),
  headers,
  value: text.describe('A CEL expression over `body`, `version` and `window_seconds` that gives the value.'),
  samples: text.optional().describe('A CEL expression that gives of how many samples the value is made.'),
});

const boundsSchema = object({
  max_ratio: bound.optional().describe('At most this many times the value of the baseline.'),
  min_ratio: bound.optional().describe('At least this many times the value of the baseline.'),
  max_increase: bound.optional().describe('At most so much above the baseline.'),
  max_decrease: bound.optional().describe('At most so much below the baseline.'),
});

const kpiSchema = object({
  name: text.min(1, must('a name')).describe('Shown in the result.'),
  prometheus: prometheusSchema.optional().describe('An instant query of Prometheus.'),
  http: answerSchema.optional().describe('A JSON document and an expression over it.'),
  uses: text.optional().describe('A stage function that gives a number, or `{ value, samples }`.'),
  with: record(template, 'params')
    .optional()
    .describe('Params of `uses`; may read `version` and `window_seconds`.'),
  min: bound.optional().describe('The least value that is good.'),
  max: bound.optional().describe('The greatest value that is good.'),
  baseline: boundsSchema.optional().describe('How far it may be from the baseline, over the same window.'),
  min_samples: samples
    .optional()
    .describe("In place of the canary's `min_samples`; fewer samples are inconclusive."),
});

const approvalSchema = object({
  approvers: z
    .union([text, list(text, 'names')], must('a list of names'))
    .optional()
    .describe('Who may decide: names, or an expression that gives a list of them. Default: anyone.'),
  required: integer(1).optional().describe('How many different people must approve. Default: 1.'),
  timeout: positiveDuration.optional().describe('Longest wait for them. Default: none.'),
  on_timeout: choice(['rollback', 'promote'])
    .optional()
    .describe('What is decided when nobody approves the promotion in time. Default: rollback.'),
});

/** The `canary` kind. */
export const canarySchema = object({
  baseline: text.describe('The version that serves now; may hold expressions.'),
  candidate: text.describe('The version that is to take its place; may hold expressions.'),
  target: targetSchema.describe('Who is told the weights: `router`, `uses` or `http`.'),
  steps: stepsSchema.describe(
    "The candidate's shares of the traffic, in percent, ascending. All of it comes last by itself.",
  ),
  soak: lateDuration.optional().describe('How long each step is measured. Default: 5m.'),
  interval: lateDuration.optional().describe('Time between two evaluations. Default: 30s.'),
  window: lateDuration
    .optional()
    .describe('Time up to now that each value is measured over. Default: the interval.'),
  min_samples: samples.optional().describe('Fewer samples are inconclusive. Default: 0.'),
  failure_limit: integer(0)
    .optional()
    .describe('Failed evaluations of a step that do not roll it back. Default: 0.'),
  inconclusive: choice(['ask', 'fail', 'pass'])
    .optional()
    .describe('What becomes of a step that stays inconclusive. Default: ask.'),
  inconclusive_after: lateDuration
    .optional()
    .describe('How long evaluations may be inconclusive in a row before that. Default: 10 intervals.'),
  kpis: list(kpiSchema, 'KPIs')
    .min(1, must('a list of at least one KPI'))
    .describe('What is measured of both versions.'),
  promote: choice(['automatic', 'approval'])
    .optional()
    .describe('Whether people are asked before all traffic goes to the candidate. Default: automatic.'),
  approval: approvalSchema.optional().describe('Who is asked, and for how long.'),
  timeout: positiveDuration
    .optional()
    .describe('Limit of the whole canary; later it is rolled back. Default: none.'),
});

export type CanaryDefinition = z.output<typeof canarySchema>;
