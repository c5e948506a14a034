import { dirname } from 'node:path';
import { type Attempt, type Given, stageContext } from '../activities/attempt.js';
import type { TaskFailureDetail } from '../shared/task.js';
import { toFailure } from '../activities/failure.js';
import { plainOutput } from '../activities/run-attempt.js';
import { runStageFunction } from '../activities/run-stage-function.js';
import { redactorFor } from '../activities/secrets.js';
import { plainFields } from '../activities/stage-log.js';
import type { StageLogger } from '../activities/stage-function.js';
import { stageStream } from '../activities/stage-stream.js';
import { createStore } from '../storage/create-store.js';
import type { LogLevel } from '../storage/log-line.js';
import { type LoadedConfig, loadConfig } from './config.js';
import type { ThreadAnswer, ThreadError, ThreadMessage, ThreadRequest } from './thread-messages.js';

const configs = new Map<string, Promise<LoadedConfig>>();

/** Runs one attempt of a stage function inside a thread of the pool. A thread loads the configuration once. */
export async function runStage(request: ThreadRequest): Promise<ThreadAnswer> {
  try {
    const config = await configOf(request.configFile);
    const stage = config.stages.get(request.stage);
    if (stage === undefined)
      throw new Error(`${request.configFile} has no stage function "${request.stage}".`);
    const { attempt, given } = threadAttempt(request, config);
    const { output } = await runStageFunction(stage, attempt, request.secrets);
    const { ref } = attempt.stream;
    return {
      ok: true,
      output: plainOutput(request.task, output, undefined),
      given,
      ...(ref === undefined ? {} : { stream: ref }),
    };
  } catch (error) {
    return { ok: false, error: describeError(error, request) };
  } finally {
    // The other side waits for this, so that no message is lost.
    request.port.close();
  }
}

function configOf(file: string): Promise<LoadedConfig> {
  const known = configs.get(file) ?? loadConfig(dirname(file));
  configs.set(file, known);
  return known;
}

function threadAttempt(
  request: ThreadRequest,
  config: LoadedConfig,
): { readonly attempt: Pick<Attempt, 'task' | 'ctx' | 'redact' | 'stream'>; readonly given: Given } {
  const { task, port, secrets, lastCheckpoint } = request;
  const redact = redactorFor(task, secrets);
  const given: Given = {};
  const controller = new AbortController();
  port.once('message', () => controller.abort());
  const say = (message: ThreadMessage): void => port.postMessage(message);
  const log =
    (level: LogLevel): StageLogger[LogLevel] =>
    (message, fields) =>
      say({
        kind: 'log',
        level,
        message,
        ...(fields === undefined ? {} : { fields: plainFields(fields, redact) }),
      });
  const pieces = {
    task,
    redact,
    given,
    stopped: { signal: controller.signal },
    log: { logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') } },
    heartbeat: {
      lastCheckpoint,
      update: (details: object) => say({ kind: 'heartbeat', details }),
      stop: () => undefined,
    },
  };
  const deps = { store: createStore(config.storage), env: secrets };
  const stream = stageStream(task, request.attempt, { ...deps, heartbeat: pieces.heartbeat });
  return { attempt: { task, redact, stream, ctx: stageContext(pieces, request.attempt, deps) }, given };
}

function describeError(thrown: unknown, request: ThreadRequest): ThreadError {
  const redact = redactorFor(request.task, request.secrets);
  const failure = toFailure(thrown, { redact, retryable: undefined, attempt: request.attempt });
  const delay = failure.nextRetryDelay;
  return {
    type: failure.type ?? 'Error',
    message: failure.message,
    nonRetryable: failure.nonRetryable ?? false,
    retryAfterMs: typeof delay === 'number' ? delay : undefined,
    rateLimited: isRateLimited(failure),
    stack: failure.stack,
  };
}

function isRateLimited({ details }: ReturnType<typeof toFailure>): boolean {
  return (details?.[0] as Partial<TaskFailureDetail> | undefined)?.rate_limited === true;
}
