import { Context } from '@temporalio/activity';
import { type ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { formatDuration } from '../shared/format-duration.js';
import { ERROR_TYPE } from '../shared/names.js';
import type { ArtifactRef, OutputRef, StageTask, StreamRef, TaskResult } from '../shared/task.js';
import { type Attempt, type AttemptDeps, startAttempt } from './attempt.js';
import { storeArtifactFiles } from './artifacts.js';
import type { Implementation } from './cache/cache-key.js';
import { throughCache } from './cache/through-cache.js';
import { stageFailure, toFailure, validationFailure } from './failure.js';
import { runItems } from './map/run-items.js';
import { NotJsonError, toPlainJson } from './plain-json.js';
import { attemptHooks, type HookSettings } from './stage-hooks.js';
import { storeLargeOutput } from '../storage/large-outputs.js';
import type { AttemptStatus, StageMetrics } from './stage-metrics.js';

export type RunAttemptDeps = AttemptDeps & {
  readonly metrics: StageMetrics;
  /** Where relative paths of stages begin. */
  readonly projectDir: string;
  /** Code that runs beside the attempts of stages. */
  readonly hooks?: HookSettings;
};

/** What the code of a stage gives back. `folder`: where its artifacts lie, when not in the project's folder. */
export type Produced = {
  readonly output: unknown;
  readonly folder?: string;
  /** Where another thread has written the chunks. */
  readonly stream?: StreamRef;
};

export type AttemptOptions = {
  /** What the code itself needs to end after it was told to stop. */
  readonly graceMs?: number;
  /** What a cached result is a result of. */
  readonly implementation?: Implementation;
};

const UNKNOWN: Implementation = { kind: 'unknown' };

/** Code that does not react to its signal is left behind after this time, so that the run can go on. */
const ABANDON_MS = 5_000;

/**
 * Runs the code of a stage as one activity attempt: heartbeats, its own time limit, cancellation, logs, metrics,
 * redaction and the mapping of errors.
 */
export async function runAttempt(
  task: StageTask,
  deps: RunAttemptDeps,
  execute: (attempt: Attempt) => Promise<Produced>,
  { graceMs = 0, implementation = UNKNOWN }: AttemptOptions = {},
): Promise<TaskResult> {
  const attempt = startAttempt(task, Context.current(), deps);
  const ended = deps.metrics.started(task);
  // Sluice's own activities are no stages.
  const hooks = implementation === UNKNOWN ? null : attemptHooks(attempt, Context.current(), deps);
  try {
    // No promise for what there is none of: this is done for every stage.
    if (hooks !== null) await hooks.start();
    const runOne = async (one: Attempt): Promise<TaskResult> => {
      const produce = async (): Promise<TaskResult> => finish(one, deps, await execute(one));
      return one.task.cache === undefined
        ? produce()
        : throughCache(one, deps.store, { implementation, produce });
    };
    const result =
      task.items === undefined && task.cache === undefined
        ? await finish(attempt, deps, await untilStopped(attempt, execute, graceMs))
        : await untilStopped(
            attempt,
            () => (task.items === undefined ? runOne(attempt) : runItems(attempt, { ...deps, runOne })),
            graceMs,
          );
    const stored = referTo(result, task, deps, implementation);
    const output_ref = stored === undefined ? undefined : await stored;
    if (hooks !== null) await hooks.complete(result.reused_from !== undefined);
    ended(result.reused_from === undefined ? 'succeeded' : 'reused');
    const { queuedMs } = attempt;
    if (output_ref === undefined && queuedMs === 0) return result;
    return {
      ...result,
      ...(output_ref === undefined ? {} : { output_ref }),
      ...(queuedMs === 0 ? {} : { queued_ms: queuedMs }),
    };
  } catch (thrown) {
    const failure = failureOf(thrown, attempt);
    ended(statusOf(failure));
    report(failure, attempt, deps);
    await hooks?.error(failure);
    throw failure;
  } finally {
    attempt.heartbeat.stop();
    attempt.stopped.dispose();
    const written = attempt.log.close();
    if (written !== undefined) await written;
  }
}

/** One promise instead of a race of several, since this is done for every stage. */
function untilStopped<T>(
  attempt: Attempt,
  execute: (attempt: Attempt) => Promise<T>,
  graceMs: number,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    attempt.stopped.onStop((error) => {
      timer = setTimeout(() => reject(error), graceMs + (attempt.task.grace_ms ?? ABANDON_MS)).unref();
    });
    execute(attempt).then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

async function finish(attempt: Attempt, deps: RunAttemptDeps, produced: Produced): Promise<TaskResult> {
  const { given, task, redact } = attempt;
  const hasArtifacts = given.artifacts !== undefined || task.artifacts !== undefined;
  const artifacts = hasArtifacts
    ? await collectArtifacts(attempt, deps, produced.folder ?? deps.projectDir)
    : [];
  const stream = produced.stream ?? attempt.stream.ref;
  return {
    output: plainOutput(task, produced.output, redact),
    ...(stream === undefined ? {} : { stream }),
    ...(given.state === undefined ? {} : { state: Object.fromEntries(given.state) }),
    ...(given.metrics === undefined ? {} : { metrics: Object.fromEntries(given.metrics) }),
    ...(given.spent === undefined ? {} : { spent: [...given.spent] }),
    ...(artifacts.length === 0 ? {} : { artifacts }),
    ...(attempt.ctx.attempt === 1 ? {} : { attempt: attempt.ctx.attempt }),
  };
}

/**
 * Keeps a large output where the run's result can name it. Outputs of items are a part of their map's, and those of
 * Sluice's own activities are none of a stage.
 */
function referTo(
  { output }: TaskResult,
  task: StageTask,
  { store }: RunAttemptDeps,
  implementation: Implementation,
): Promise<OutputRef> | undefined {
  const isOfStage = implementation !== UNKNOWN && task.item === undefined && task.items === undefined;
  return isOfStage ? storeLargeOutput(store, output) : undefined;
}

async function collectArtifacts(
  attempt: Attempt,
  deps: RunAttemptDeps,
  folder: string,
): Promise<readonly ArtifactRef[]> {
  const written = [...(attempt.given.artifacts?.values() ?? [])];
  const promised = (attempt.task.artifacts ?? []).filter((name) => !attempt.given.artifacts?.has(name));
  if (promised.length === 0) return written;
  return [...written, ...(await storeArtifactFiles(deps.store, folder, promised))];
}

/** The output as JSON; throws a `ValidationError` that names the place of what is not. */
export function plainOutput(
  task: StageTask,
  output: unknown,
  redact: Attempt['redact'],
): TaskResult['output'] {
  try {
    return toPlainJson(output, redact);
  } catch (error) {
    if (!(error instanceof NotJsonError)) throw error;
    throw validationFailure(`The output of stage "${task.stage.id}" is not JSON: ${error.message}.`);
  }
}

function failureOf(thrown: unknown, attempt: Attempt): ApplicationFailure | CancelledFailure {
  const options = {
    redact: attempt.redact,
    retryable: attempt.task.retryable_errors,
    items: attempt.given.items?.(),
    attempt: attempt.ctx.attempt,
    handsOver: attempt.task.attempt_offset === undefined ? undefined : attempt.heartbeat,
  };
  const stage = `Stage "${attempt.task.stage.id}"`;
  switch (attempt.stopped.stopReason()) {
    case null:
      return toFailure(thrown, options);
    case 'cancelled':
      return new CancelledFailure(
        'CANCELLED',
        options.items === undefined ? [] : [{ attempt: options.attempt, items: options.items }],
      );
    case 'timeout': {
      const limit = Context.current().info.startToCloseTimeoutMs;
      return toFailure(
        stageFailure(ERROR_TYPE.timeout, `${stage} ran longer than its timeout of ${formatDuration(limit)}.`),
        options,
      );
    }
    case 'shutdown':
      // Whatever the definition says about retries: it was not the stage that failed.
      return toFailure(
        stageFailure(ERROR_TYPE.workerShutdown, `${stage} was interrupted because its worker shut down.`),
        { ...options, retryable: undefined },
      );
  }
}

function statusOf(failure: ApplicationFailure | CancelledFailure): AttemptStatus {
  if (failure instanceof CancelledFailure) return 'cancelled';
  if (failure.type === ERROR_TYPE.notReady) return 'not_ready';
  return failure.type === ERROR_TYPE.timeout ? 'timed_out' : 'failed';
}

function report(
  failure: ApplicationFailure | CancelledFailure,
  attempt: Attempt,
  deps: RunAttemptDeps,
): void {
  if (failure instanceof CancelledFailure || failure.type === ERROR_TYPE.notReady) return;
  const { run, stage } = attempt.task;
  const facts = {
    workflowId: run.workflow_id,
    runId: run.id,
    stageId: stage.id,
    attempt: attempt.ctx.attempt,
  };
  deps.log.warn({ ...facts, errorType: failure.type, error: failure.message }, 'Stage failed');
}
