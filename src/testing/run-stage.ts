import { createHash } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import type { z } from 'zod';
import { createActivities } from '../activities/create-activities.js';
import type { StageFunction } from '../activities/stage-function.js';
import { noMetrics } from '../activities/stage-metrics.js';
import type { Json, JsonObject } from '../shared/json.js';
import type { ArtifactRef, RunFacts, StageTask, TaskResult } from '../shared/task.js';
import type { BlobStore } from '../storage/blob-store.js';
import { objectKey, putObject } from '../storage/objects.js';
import { readStageLogs } from '../storage/read-stage-logs.js';
import { memoryStore } from './memory-store.js';
import { StageRunError } from './stage-run-error.js';
import { type StageLogLine, type StageReport, type Watched, watchStage } from './stage-report.js';

export type RunStageOptions = {
  /** Secrets by name; the stage may read no others. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** What earlier stages have set. */
  readonly state?: JsonObject;
  /** @default 1 */
  readonly attempt?: number;
  /** What an earlier attempt kept with `ctx.checkpoint`. */
  readonly lastCheckpoint?: Json;
  /** Artifacts of earlier stages, which {@link artifactRef} names. */
  readonly artifacts?: Readonly<Record<string, string | Uint8Array>>;
  /** Facts of the run that matter to the stage. */
  readonly run?: Partial<RunFacts>;
  /** The position of the item, for a stage of a map. */
  readonly item?: number;
  /** Cancels the stage. */
  readonly signal?: AbortSignal;
  /** Limit of the attempt. @default none */
  readonly timeoutMs?: number;
};

export type StageRun<O> = StageReport & {
  readonly output: O;
  readonly artifacts: ReadonlyArray<ArtifactRef & { readonly data: Buffer }>;
};

/**
 * Runs one attempt of a stage function, as a worker would and without a server: params and output are checked, the
 * output must be JSON, secrets are blacked out. Throws a {@link StageRunError} when the attempt fails.
 */
export async function runStage<P extends z.ZodType, O extends z.ZodType>(
  stage: StageFunction<P, O>,
  params: z.input<P>,
  options: RunStageOptions = {},
): Promise<StageRun<z.output<O>>> {
  const store = memoryStore();
  for (const data of Object.values(options.artifacts ?? {})) await putObject(store, Buffer.from(data));
  const seen: Watched = { state: {}, metrics: {}, progress: [], checkpoints: [] };
  const environment = new MockActivityEnvironment(infoOf(options), { logger: quiet });
  const activities = createActivities({
    stages: new Map([[stage.name, watchStage(stage as StageFunction, seen)]]),
    store,
    log: pino({ level: 'silent' }),
    metrics: noMetrics,
    env: options.secrets ?? {},
    projectDir: process.cwd(),
  });
  const execute = activities[stage.name];
  if (execute === undefined) throw new TypeError(`"${stage.name}" is no stage function.`);
  const task = taskOf(stage.name, params, options);
  const cancel = (): void => environment.cancel('CANCELLED');
  options.signal?.addEventListener('abort', cancel, { once: true });
  if (options.signal?.aborted === true) cancel();
  const report = async (): Promise<StageReport> => ({ ...seen, logs: await logsOf(store, task) });
  try {
    const { output, artifacts = [] }: TaskResult = await environment.run(execute, task);
    const kept = artifacts.map(async (ref) => ({ ...ref, data: await store.get(objectKey(ref.sha256)) }));
    // The attempt has checked it against the schema.
    return { ...(await report()), output: output as z.output<O>, artifacts: await Promise.all(kept) };
  } catch (error) {
    throw new StageRunError(error, await report());
  } finally {
    options.signal?.removeEventListener('abort', cancel);
  }
}

/** The reference by which a stage reads an artifact that the test gives it. */
export function artifactRef(name: string, data: string | Uint8Array): ArtifactRef {
  const bytes = Buffer.from(data as Uint8Array);
  return { name, sha256: createHash('sha256').update(bytes).digest('hex'), size_bytes: bytes.byteLength };
}

const RUN: RunFacts = {
  id: 'run',
  workflow_id: 'test/run',
  pipeline: 'test',
  version: '1',
  mode: null,
  attempt: 1,
  started_at: '2026-01-01T00:00:00.000Z',
  scheduled_at: '2026-01-01T00:00:00.000Z',
};

function taskOf(name: string, params: unknown, options: RunStageOptions): StageTask {
  const { secrets = {}, state, item, run = {} } = options;
  return {
    params: params as Json,
    run: { ...RUN, ...run },
    stage: { id: name, name },
    secrets: Object.keys(secrets),
    ...(state === undefined ? {} : { state }),
    ...(item === undefined ? {} : { item: { index: item } }),
  };
}

/** No heartbeats by the clock: a test has no server that would miss them. */
function infoOf({ attempt = 1, lastCheckpoint, timeoutMs = 0 }: RunStageOptions) {
  return {
    attempt,
    startToCloseTimeoutMs: timeoutMs,
    ...(lastCheckpoint === undefined ? {} : { heartbeatDetails: { checkpoint: lastCheckpoint } }),
  };
}

async function logsOf(store: BlobStore, { run }: StageTask): Promise<readonly StageLogLine[]> {
  const lines: StageLogLine[] = [];
  for await (const line of readStageLogs(store, { workflowId: run.workflow_id, runId: run.id })) {
    const { level, message, fields } = line;
    lines.push({ level, message, ...(fields === undefined ? {} : { fields }) });
  }
  return lines;
}

function ignore(): void {
  // A test hears of what a stage logs by its report.
}

const quiet = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };
