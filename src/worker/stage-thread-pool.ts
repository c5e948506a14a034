import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Tinypool } from 'tinypool';
import type { Attempt } from '../activities/attempt.js';
import { stageFailure } from '../activities/failure.js';
import type { Produced } from '../activities/run-attempt.js';
import type { Environment } from '../activities/secrets.js';
import type { StageThreads } from '../activities/stage-threads.js';
import type { ThreadAnswer, ThreadMessage, ThreadRequest } from './thread-messages.js';

export interface StageThreadPool extends StageThreads {
  close(): Promise<void>;
}

/** Where the stage has no `grace` of its own: a function that goes on computing for so long is ended with its thread. */
const GRACE_MS = 5_000;

/** Threads that load the same configuration as their worker. None is started before a stage asks for one. */
export function createStageThreadPool(configFile: string, env: Environment): StageThreadPool {
  let pool: Tinypool | undefined;
  return {
    run: (stage, attempt) => runInPool((pool ??= createPool()), { configFile, stage, attempt, env }),
    close: async () => {
      await pool?.destroy();
    },
  };
}

function createPool(): Tinypool {
  const self = fileURLToPath(import.meta.url);
  const isSource = self.endsWith('.ts');
  return new Tinypool({
    filename: new URL(isSource ? 'stage-thread.ts' : 'stage-thread.js', import.meta.url).href,
    name: 'runStage',
    minThreads: 0,
    maxThreads: availableParallelism(),
    idleTimeout: 60_000,
    // A thread that sleeps on an atomic would not close its ports.
    useAtomics: false,
    ...(isSource ? { execArgv: ['--import', import.meta.resolve('jiti/register')] } : {}),
  });
}

type Job = {
  readonly configFile: string;
  readonly stage: string;
  readonly attempt: Attempt;
  readonly env: Environment;
};

async function runInPool(pool: Tinypool, job: Job): Promise<Produced> {
  const { attempt } = job;
  const { port1, port2 } = new MessageChannel();
  const drained = once(port1, 'close');
  port1.on('message', (message: ThreadMessage) => pass(message, attempt));
  const { signal, release } = stopSlowly(attempt, port1);
  try {
    const request = requestOf(job, port2);
    const answer: ThreadAnswer = await pool.run(request, { transferList: [port2], signal });
    await drained;
    if (!answer.ok) throw rebuild(answer.error);
    Object.assign(attempt.given, answer.given);
    return { output: answer.output, ...(answer.stream === undefined ? {} : { stream: answer.stream }) };
  } finally {
    release();
    port1.close();
  }
}

function requestOf({ configFile, stage, attempt, env }: Job, port: MessagePort): ThreadRequest {
  const names = attempt.task.secrets ?? [];
  return {
    configFile,
    stage,
    task: attempt.task,
    attempt: attempt.ctx.attempt,
    lastCheckpoint: attempt.heartbeat.lastCheckpoint,
    secrets: Object.fromEntries(names.map((name) => [name, env[name]])),
    port,
  };
}

function pass(message: ThreadMessage, attempt: Attempt): void {
  if (message.kind === 'heartbeat') attempt.heartbeat.update(message.details);
  else attempt.log.logger[message.level](message.message, message.fields);
}

/** Tells the thread at once that it should stop, and the pool to end it once the grace of the stage is over. */
function stopSlowly(
  { task, stopped }: Attempt,
  port: MessagePort,
): { signal: AbortSignal; release: () => void } {
  const { signal: stop } = stopped;
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onStop = (): void => {
    port.postMessage('stop');
    timer = setTimeout(() => controller.abort(), task.grace_ms ?? GRACE_MS);
  };
  if (stop.aborted) onStop();
  else stop.addEventListener('abort', onStop, { once: true });
  return {
    signal: controller.signal,
    release: () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', onStop);
    },
  };
}

function rebuild(error: Extract<ThreadAnswer, { ok: false }>['error']): Error {
  const { type, message, nonRetryable, retryAfterMs, rateLimited, stack } = error;
  const failure = stageFailure(type, message, { nonRetryable, retryAfterMs, rateLimited });
  if (stack !== undefined) failure.stack = stack;
  return failure;
}
