import type { Context } from '@temporalio/activity';
import type { Logger } from 'pino';
import type { Json } from '../shared/json.js';
import type { ArtifactRef, ItemResult, StageTask } from '../shared/task.js';
import type { BlobStore } from '../storage/blob-store.js';
import { artifactName, storeArtifact } from './artifacts.js';
import { type AttemptSignal, attemptSignal } from './attempt-signal.js';
import { validationFailure } from './failure.js';
import { type Heartbeat, type HeartbeatDetails, startHeartbeat } from './heartbeat.js';
import { NotJsonError, toPlainJson } from './plain-json.js';
import { readArtifact, readArtifactLines } from './read-artifact.js';
import { runBudget } from './run-budget.js';
import { type Environment, readSecret, type Redact, redactorFor } from './secrets.js';
import type { StageContext } from './stage-function.js';
import { createStageLog, type StageLog } from './stage-log.js';
import { type StageStream, stageStream } from './stage-stream.js';

export type AttemptDeps = {
  readonly store: BlobStore;
  readonly log: Logger;
  readonly env: Environment;
};

/** One attempt of a stage while it runs: what its code gets, and what it gave so far. */
export type Attempt = {
  readonly task: StageTask;
  readonly ctx: StageContext;
  readonly log: StageLog;
  readonly redact: Redact;
  readonly stopped: AttemptSignal;
  readonly heartbeat: Heartbeat;
  readonly stream: StageStream;
  readonly given: Given;
  /** How long it waited for a worker; 0 for items of a map, which nobody asks about. */
  readonly queuedMs: number;
};

/** State, metrics and artifacts that an attempt gave; empty ones stay undefined to keep results small. */
export type Given = {
  state?: Map<string, Json>;
  metrics?: Map<string, number>;
  /** Which of the metrics tell what was used up. */
  spent?: Set<string>;
  artifacts?: Map<string, ArtifactRef>;
  /** Of a batch: what has ended so far. */
  items?: () => ReadonlyArray<ItemResult | null>;
};

/** Sets an attempt up. Everything that costs something happens when the stage first asks for it. */
export function startAttempt(task: StageTask, context: Context, deps: AttemptDeps): Attempt {
  const redact = redactorFor(task, deps.env);
  const stopped = attemptSignal(context);
  const heartbeat = startHeartbeat(context, task.checkpoint);
  const number = context.info.attempt + (task.attempt_offset ?? 0);
  const log = createStageLog(task, number, { ...deps, redact });
  const given: Given = {};
  const queuedMs = task.item === undefined && task.items === undefined ? waitOf(context) : 0;
  const stream = stageStream(task, number, { store: deps.store, heartbeat });
  const attempt = { task, log, redact, stopped, heartbeat, stream, given, queuedMs };
  return { ...attempt, ctx: stageContext(attempt, number, deps) };
}

/** A wait of more than a year is a clock that is wrong. */
const LONGEST_WAIT_MS = 366 * 24 * 3_600_000;

/** Clocks of two machines differ a little, so a wait may seem to be less than none. */
function waitOf({ info }: Context): number {
  const ms = Date.now() - info.currentAttemptScheduledTimestampMs;
  return ms > 0 && ms < LONGEST_WAIT_MS ? ms : 0;
}

/** What stage code sees of an attempt, in the worker's own thread or in another. */
export function stageContext(
  attempt: Pick<Attempt, 'task' | 'redact' | 'given'> & {
    readonly heartbeat: Pick<Heartbeat, 'lastCheckpoint' | 'update'>;
    readonly log: Pick<StageLog, 'logger'>;
    readonly stopped: Pick<AttemptSignal, 'signal'>;
  },
  number: number,
  deps: Pick<AttemptDeps, 'store' | 'env'>,
): StageContext {
  const { task, log, redact, stopped, heartbeat, given } = attempt;
  return {
    run: task.run,
    stage: task.stage,
    attempt: number,
    ...(task.item === undefined ? {} : { item: task.item.index }),
    idempotencyKey: idempotencyKey(task),
    get signal() {
      return stopped.signal;
    },
    log: log.logger,
    progress: (fraction, message) => heartbeat.update(progressDetails(fraction, message, redact)),
    checkpoint: (value) => heartbeat.update({ checkpoint: plain('ctx.checkpoint(…)', value, redact) }),
    lastCheckpoint: heartbeat.lastCheckpoint,
    state: {
      get: (key) => given.state?.get(key) ?? earlierState(task, key),
      set: (key, value) => {
        given.state ??= new Map();
        given.state.set(key, plain(`ctx.state.set("${key}", …)`, value, redact));
      },
    },
    metrics: {
      add: (name, amount) => addMetric(given, name, amount),
      spend: (name, amount) => {
        addMetric(given, name, amount);
        given.spent ??= new Set();
        given.spent.add(name);
      },
    },
    budget: (name) => runBudget(deps.store, task.run, name),
    artifacts: {
      write: async (name, data) => {
        const ref = await storeArtifact(deps.store, artifactName(name), data);
        given.artifacts ??= new Map();
        given.artifacts.set(ref.name, ref);
        return ref;
      },
      read: (ref) => readArtifact(deps.store, ref),
      lines: (ref) => readArtifactLines(deps.store, ref),
    },
    secrets: { get: (name) => readSecret(name, task.secrets ?? [], deps.env) },
  };
}

function earlierState({ state }: StageTask, key: string): Json | undefined {
  return state !== undefined && Object.hasOwn(state, key) ? state[key] : undefined;
}

function progressDetails(fraction: number, message: string | undefined, redact: Redact): HeartbeatDetails {
  const progress = Number.isFinite(fraction) ? Math.min(Math.max(fraction, 0), 1) : 0;
  if (message === undefined) return { progress };
  return { progress, message: redact === undefined ? message : redact(message) };
}

function addMetric(given: Given, name: string, amount: number): void {
  if (!Number.isFinite(amount)) {
    throw validationFailure(`The metric "${name}" needs a finite number, got \`${String(amount)}\`.`);
  }
  given.metrics ??= new Map();
  given.metrics.set(name, (given.metrics.get(name) ?? 0) + amount);
}

function plain(call: string, value: unknown, redact: Redact): Json {
  try {
    return toPlainJson(value, redact);
  } catch (error) {
    if (!(error instanceof NotJsonError)) throw error;
    throw validationFailure(`${call} was given something else than JSON: ${error.message}.`);
  }
}

/** The same for each attempt of the same work, and for no other. */
function idempotencyKey({ run, stage, item }: StageTask): string {
  const work = `${run.workflow_id}/${run.id}/${stage.id}`;
  return item === undefined ? work : `${work}/${item.index}`;
}
