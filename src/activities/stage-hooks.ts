import type { Context } from '@temporalio/activity';
import type { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { Logger } from 'pino';
import { ERROR_TYPE } from '../shared/names.js';
import type { RunFacts, StageTask } from '../shared/task.js';
import type { Attempt } from './attempt.js';
import { stageFailure } from './failure.js';

/** What a hook is told of an attempt. It holds no params, no output and no secrets. */
export type AttemptFacts = {
  readonly run: RunFacts;
  readonly stage: { readonly id: string; readonly name: string };
  /** From 1. */
  readonly attempt: number;
  /** The Temporal activity type: the name of the stage function, `sluice.run` or `sluice.http`. */
  readonly activity: string;
  readonly taskQueue: string;
  /** Positions of the items of a map that the attempt works for; empty for a stage without one. */
  readonly items: readonly number[];
};

export type CompletedAttempt = AttemptFacts & {
  readonly durationMs: number;
  /** True where a cached result was given instead of running. */
  readonly isReused: boolean;
};

export type FailedAttempt = AttemptFacts & {
  readonly durationMs: number;
  readonly error: { readonly type: string; readonly message: string };
  /** The attempt was told to stop, because its run was cancelled, for example. */
  readonly isCancelled: boolean;
  /** Whether another attempt follows; null where only the run knows, as for a stage with pools. */
  readonly willRetry: boolean | null;
};

/** What each hook is told. */
type Told = {
  /** Before the stage's own code. */
  readonly onStageStart: AttemptFacts;
  /** After the stage's own code, before the run learns of its success. */
  readonly onStageComplete: CompletedAttempt;
  /** After an attempt failed or was cancelled, before the run learns of it. */
  readonly onStageError: FailedAttempt;
};

/** Code that runs beside every attempt of a stage, in the same process, and is awaited. */
export type StageHooks = { readonly [K in keyof Told]?: ((facts: Told[K]) => unknown) | undefined };

export type HookSettings = StageHooks & {
  /** How long one may take; the stage goes on after that. */
  readonly timeoutMs: number;
  /**
   * What it means when a hook throws or takes too long:
   * - `log`: nothing; the worker's log says so.
   * - `fail`: the attempt fails with `HookFailed`, which is retried like any error. That of a failed attempt is logged.
   */
  readonly onFailure: 'log' | 'fail';
};

export interface AttemptHooks {
  start(): Promise<void>;
  complete(isReused: boolean): Promise<void>;
  error(failure: ApplicationFailure | CancelledFailure): Promise<void>;
}

/** The hooks of one attempt of a stage; null where there are none. */
export function attemptHooks(
  attempt: Attempt,
  { info }: Context,
  deps: { readonly hooks?: HookSettings; readonly log: Logger },
): AttemptHooks | null {
  const { hooks } = deps;
  if (hooks === undefined) return null;
  const facts = factsOf(attempt, info);
  const startedAt = performance.now();
  const call = async <K extends keyof Told>(name: K, told: () => Told[K]): Promise<void> => {
    const hook: StageHooks[K] = hooks[name];
    if (hook === undefined) return;
    try {
      await within(() => hook(told()), hooks.timeoutMs);
    } catch (error) {
      if (name !== 'onStageError' && hooks.onFailure === 'fail') throw hookFailure(name, error);
      const { run, stage } = facts;
      const where = { workflowId: run.workflow_id, runId: run.id, stageId: stage.id, attempt: facts.attempt };
      deps.log.warn({ ...where, hook: name, err: error }, 'A hook failed');
    }
  };
  const ended = () => ({ ...facts, durationMs: Math.round(performance.now() - startedAt) });
  return {
    start: () => call('onStageStart', () => facts),
    complete: (isReused) => call('onStageComplete', () => ({ ...ended(), isReused })),
    error: (failure) =>
      call('onStageError', () => ({ ...ended(), ...failureFacts(failure, attempt.task, info) })),
  };
}

function factsOf({ task, ctx }: Attempt, info: Context['info']): AttemptFacts {
  return {
    run: task.run,
    stage: task.stage,
    attempt: ctx.attempt,
    activity: info.activityType,
    taskQueue: info.taskQueue,
    items: task.items?.map(({ index }) => index) ?? (task.item === undefined ? [] : [task.item.index]),
  };
}

function failureFacts(
  failure: ApplicationFailure | CancelledFailure,
  task: StageTask,
  info: Context['info'],
): Pick<FailedAttempt, 'error' | 'isCancelled' | 'willRetry'> {
  const isCancelled = !('nonRetryable' in failure);
  const type = isCancelled ? 'Cancelled' : (failure.type ?? 'Error');
  const { maximumAttempts = 0, nonRetryableErrorTypes = [] } = info.retryPolicy ?? {};
  const isLast = maximumAttempts !== 0 && info.attempt >= maximumAttempts;
  const isFinal = isCancelled || failure.nonRetryable === true || nonRetryableErrorTypes.includes(type);
  const isCountedByRun = task.attempt_offset !== undefined && !isFinal;
  return {
    error: { type, message: failure.message },
    isCancelled,
    willRetry: isCountedByRun ? null : !isFinal && !isLast,
  };
}

async function within(hook: () => unknown, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${timeoutMs} ms`)), timeoutMs).unref();
  });
  try {
    await Promise.race([Promise.resolve().then(hook), late]);
  } finally {
    clearTimeout(timer);
  }
}

function hookFailure(name: keyof StageHooks, error: unknown): ApplicationFailure {
  const reason = error instanceof Error ? error.message : String(error);
  return stageFailure(ERROR_TYPE.hook, `The hook \`${name}\` of the worker failed: ${reason}`);
}
