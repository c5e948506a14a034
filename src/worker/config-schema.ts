import { z } from 'zod';
import { channelsSchema } from '../activities/alerts/channel-settings.js';
import { problemOf } from '../activities/define-stage.js';
import type { StageFunction } from '../activities/stage-function.js';
import type { StageHooks } from '../activities/stage-hooks.js';
import type { PoolSpec } from '../engine/stage-extras.js';
import { parseDuration } from '../shared/duration.js';
import { DEFAULT_TASK_QUEUE } from '../shared/names.js';
import { checksSchema, monitorSchema } from './health/health-schema.js';

/** What `sluice.config.ts` exports by default. Paths in it are relative to its folder. */
export type SluiceConfig = Omit<z.input<typeof configSchema>, 'stages'> & {
  /** Functions that `uses` stages name. */
  readonly stages?: ReadonlyArray<StageFunction>;
};

/** How a worker runs; every value has a default. */
export type WorkerSettings = z.output<typeof workerSchema>;

const isSchema = (value: unknown): value is z.ZodType =>
  typeof value === 'object' && value !== null && 'safeParseAsync' in value;

// Told by its shape: a stage function may come from another copy of this package, or of zod.
const stageSchema = z.custom<StageFunction>().superRefine((value: unknown, context) => {
  const problem = stageProblem(value);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
});

function stageProblem(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) {
    return `expected a stage function made by defineStage, got \`${String(value)}\` (${typeof value})`;
  }
  const { name, run, params, output, version }: Readonly<Record<string, unknown>> = { ...value };
  const problem = problemOf(name, run);
  if (problem !== null) return problem;
  if (typeof version === 'string' && isSchema(params) && isSchema(output)) return null;
  return `"${String(name)}" was not made by defineStage`;
}

const positive = z.number().int().positive();
const port = z.number().int().min(0).max(65_535);
const share = z.number().gt(0).lte(1);

const slotsSchema = z.union([
  z.strictObject({
    /** Stages that run at the same time. */
    activities: positive.default(200),
    /** Stages with `mode: local` that run at the same time. */
    localActivities: positive.default(200),
    /** Steps of runs that are computed at the same time. */
    workflowTasks: positive.default(40),
  }),
  z.strictObject({
    /** As many stages as fit until the machine reaches these shares of its processors and memory. */
    targetCpu: share,
    targetMemory: share,
    maxActivities: positive.default(1_000),
  }),
]);

const workerSchema = z.strictObject({
  slots: slotsSchema.prefault({}),
  /** Serves `/healthz`, `/readyz`, `/health/pipelines` and `/metrics`; off when not set. */
  httpPort: port.optional(),
  httpHost: z.string().min(1).default('127.0.0.1'),
  /** Serves the metrics of Temporal's own client library for Prometheus; off when not set. */
  temporalMetricsPort: port.optional(),
  /** Runs kept in memory between their steps. The default of the Temporal SDK follows the memory of the machine. */
  maxCachedRuns: positive.optional(),
  /** How long stages may go on after the worker was told to stop. */
  shutdownGraceMs: z.number().int().nonnegative().default(10_000),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** Most stages that this worker starts in a second. */
  maxActivitiesPerSecond: z.number().positive().optional(),
  /** Most stages that all workers of its task queue together start in a second; the lowest that any of them says holds. */
  maxTaskQueueActivitiesPerSecond: z.number().positive().optional(),
  /** Pins runs to the code that started them, by Temporal's worker deployments. */
  versioning: z.strictObject({ deployment: z.string().min(1), buildId: z.string().min(1) }).optional(),
});

const s3Schema = z.strictObject({
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'expected the name of a bucket'),
  prefix: z
    .string()
    .transform((prefix) => prefix.replaceAll(/^\/+|\/+$/g, ''))
    .refine(
      (prefix) =>
        /^([A-Za-z0-9._=@-]+(\/[A-Za-z0-9._=@-]+)*)?$/.test(prefix) && !/(^|\/)\.{1,2}(\/|$)/.test(prefix),
      {
        error: 'expected folders of letters, digits and "._=@-", such as "team/sluice"',
      },
    )
    .default(''),
  region: z.string().min(1).optional(),
  endpoint: z.url({ protocol: /^https?$/, error: 'expected an http or https address' }).optional(),
  forcePathStyle: z.boolean().optional(),
});

const storageSchema = z
  .strictObject({ folder: z.string().min(1).optional(), s3: s3Schema.optional() })
  .refine(({ folder, s3 }) => folder === undefined || s3 === undefined, {
    error: 'give `folder` or `s3`, not both',
  });

const hook = <F>() =>
  z.custom<F>((value) => typeof value === 'function', { error: 'expected a function' }).optional();

const hooksSchema = z.strictObject({
  /** Before the code of a stage, on every attempt. */
  onStageStart: hook<NonNullable<StageHooks['onStageStart']>>(),
  /** After it, before the run learns of its success. */
  onStageComplete: hook<NonNullable<StageHooks['onStageComplete']>>(),
  /** After a failed or cancelled attempt, before the run learns of it. */
  onStageError: hook<NonNullable<StageHooks['onStageError']>>(),
  /** How long one may take; the stage goes on after that. */
  timeoutMs: positive.max(600_000).default(5_000),
  /** What it means when a hook throws or takes too long: `log` it, or `fail` the attempt. */
  onFailure: z.enum(['log', 'fail']).default('log'),
});

const poolSchema = z
  .strictObject({
    /** How much may run at once, over all runs. */
    slots: positive.optional(),
    /** How many may start in a period, for each key that stages give. */
    rate: z
      .strictObject({
        limit: positive,
        per: z.union([z.string(), z.number()]).refine((per) => (parseDuration(per) ?? 0) > 0, {
          error: 'expected a duration such as "1m"',
        }),
      })
      .optional(),
  })
  .refine(({ slots, rate }) => slots !== undefined || rate !== undefined, {
    error: 'give `slots`, `rate` or both',
  })
  .transform(({ slots, rate }): PoolSpec => ({
    slots: slots ?? null,
    rate: rate === undefined ? null : { limit: rate.limit, per_ms: parseDuration(rate.per) ?? 0 },
  }));

const modelSchema = z.strictObject({
  /** The definition that `sluice models deploy` starts: a file, or a name of `pipelines`. */
  deploy: z.string().min(1).optional(),
  /** The definition that `sluice models rollback` starts: a file, or a name of `pipelines`. */
  rollback: z.string().min(1).optional(),
});

/** The shape of a configuration; unknown keys are errors. */
export const configSchema = z.strictObject({
  stages: z
    .array(stageSchema)
    .default([])
    .superRefine((stages, context) => {
      const names = stages.map((stage: unknown) => (isNamed(stage) ? stage.name : undefined));
      names.forEach((name, index) => {
        if (name === undefined || names.indexOf(name) === index) return;
        context.addIssue({ code: 'custom', path: [index], message: `the name "${name}" is used twice` });
      });
    }),
  /** Files of pipelines that definitions may name instead of giving a path. */
  pipelines: z.record(z.string().min(1), z.string().min(1)).default({}),
  /** What `sluice models` needs to know of models, by name. */
  models: z.record(z.string().min(1), modelSchema).default({}),
  /** Limits that all runs of the namespace share, by name. */
  pools: z
    .record(
      z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/, 'expected letters, digits, "_", "-" and "."'),
      poolSchema,
    )
    .default({}),
  /** What `sluice health` and the monitor ask beside what Sluice knows by itself. */
  checks: checksSchema,
  monitor: monitorSchema.prefault({}),
  /** Where alerts are told, by name. Texts may hold `${NAME}`, which only workers read. */
  channels: channelsSchema.default({}),
  /** Code that runs in the worker beside every attempt of a stage. */
  hooks: hooksSchema.optional(),
  taskQueue: z.string().min(1).max(200).default(DEFAULT_TASK_QUEUE),
  storage: storageSchema.prefault({}),
  worker: workerSchema.prefault({}),
});

function isNamed(value: unknown): value is { readonly name: string } {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';
}
