import { z } from 'zod';
import type { CheckAction, UserCheck } from '../../activities/monitor/run-check.js';
import { DEFAULT_LIMITS } from '../../engine/health/facts.js';
import { DURATION_FORM, parseDuration } from '../../shared/duration.js';
import { monitorRulesSchema } from './monitor-rules.js';

const duration = z
  .union([z.string(), z.number()])
  .refine((value) => (parseDuration(value) ?? 0) > 0, { error: `expected ${DURATION_FORM}` })
  .transform((value) => parseDuration(value) ?? 0);

const share = z.number().gt(0).lte(1);
const limits = (standard: { readonly warn: number; readonly fail: number }) =>
  z
    .strictObject({ warn: share.default(standard.warn), fail: share.default(standard.fail) })
    .refine(({ warn, fail }) => warn <= fail, { error: 'expected `warn` to be at most `fail`' })
    .prefault({});

const name = z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/, 'expected letters, digits, "_", "-" and "."');
const given = z.json().default({});

const httpSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'expected an http or https address' }),
  method: z.string().min(1).default('GET'),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.json().optional(),
  /** Statuses that are well. */
  expectedStatus: z.array(z.number().int().min(100).max(599)).default([]),
});

const checkSchema = z
  .strictObject({
    name,
    /** A check that gives no answer within this time does not hold. */
    timeout: duration.prefault('5s'),
    /** What it is when it does not hold. */
    level: z.enum(['warn', 'fail']).default('fail'),
    /** What whoever reads it should do then. */
    fix: z.string().min(1).optional(),
    http: httpSchema.optional(),
    /** A stage function: `false`, `{ ok: false, message }` or an error says that it does not hold. */
    uses: z.string().min(1).optional(),
    with: given,
    /** Environment variables that the function may read by `ctx.secrets`. */
    secrets: z.array(z.string().min(1)).default([]),
    /** A command: a list is executed as it is, a string runs in `sh -e`. Exit code 0 says that it holds. */
    run: z.union([z.string().min(1), z.array(z.string()).min(1)]).optional(),
    env: z.record(z.string(), z.string()).default({}),
  })
  .refine(({ http, uses, run }) => [http, uses, run].filter((kind) => kind !== undefined).length === 1, {
    error: 'give one of `http`, `uses` and `run`',
  })
  .transform((check): UserCheck => ({
    name: check.name,
    timeout_ms: check.timeout,
    level: check.level,
    fix: check.fix ?? null,
    secrets: check.secrets,
    action: actionOf(check),
  }));

type CheckInput = {
  readonly http?: z.output<typeof httpSchema> | undefined;
  readonly uses?: string | undefined;
  readonly with: z.core.util.JSONType;
  readonly run?: string | string[] | undefined;
  readonly env: Record<string, string>;
};

function actionOf({ http, uses, run, with: params, env }: CheckInput): CheckAction {
  if (http !== undefined) {
    const { expectedStatus, body, ...request } = http;
    const asked = { ...request, expected_status: expectedStatus, response: 'text' };
    return { kind: 'http', request: body === undefined ? asked : { ...asked, body } };
  }
  if (uses !== undefined) return { kind: 'uses', uses, with: params };
  return { kind: 'run', command: { command: run ?? '', env, grace_ms: COMMAND_GRACE_MS } };
}

const COMMAND_GRACE_MS = 1_000;

/** Checks of what pipelines need and Sluice cannot know of: a database, a service, a disk. */
export const checksSchema = z
  .array(checkSchema)
  .default([])
  .superRefine((checks, context) => {
    const names = checks.map((check) => check.name);
    names.forEach((name, index) => {
      if (names.indexOf(name) === index) return;
      context.addIssue({ code: 'custom', path: [index], message: `the name "${name}" is used twice` });
    });
  });

const watchedSchema = z.strictObject({
  /** How old its data may get; overrides `freshness` of its definition. */
  maxAge: duration.optional(),
  /** A stage function that gives the time of the newest data, where the last success does not tell it. */
  dataAsOf: z
    .strictObject({ uses: z.string().min(1), with: given, secrets: z.array(z.string().min(1)).default([]) })
    .optional(),
});

/** What `sluice health` and the monitor look at, and what they find wrong. */
export const monitorSchema = z.strictObject({
  /** How often the monitor looks. */
  every: duration.prefault('1m'),
  /** Queue of the workers that look. @default the configuration's `taskQueue` */
  taskQueue: z.string().min(1).max(200).optional(),
  /** Queues that somebody must serve, beside the configuration's own and those that runs need. */
  taskQueues: z.array(z.string().min(1).max(200)).default([]),
  /** Channels that are told of what is found without anybody writing a rule. */
  channels: z.array(z.string().min(1)).default([]),
  /** Rules for every pipeline, as a definition has them under `alerts`. */
  alerts: monitorRulesSchema,
  pipelines: z.record(z.string().min(1), watchedSchema).default({}),
  /** How many of the last runs of a pipeline tell its error rate and its duration. */
  runs: z.number().int().min(1).max(1_000).default(20),
  /** Runs that ended longer ago do not count. */
  window: duration.prefault('7d'),
  errorRate: limits(DEFAULT_LIMITS.error_rate),
  diskUsed: limits(DEFAULT_LIMITS.disk_used),
  memoryUsed: limits(DEFAULT_LIMITS.memory_used),
  /** How late a schedule may be. */
  scheduleGrace: duration.prefault('2m'),
});

export type MonitorSettings = z.output<typeof monitorSchema>;
