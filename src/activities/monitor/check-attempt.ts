import type { StageTask } from '../../shared/task.js';
import type { BlobStore } from '../../storage/blob-store.js';
import { type Attempt, stageContext } from '../attempt.js';
import type { AttemptSignal } from '../attempt-signal.js';
import { type Environment, redactorFor } from '../secrets.js';
import type { StageLog } from '../stage-log.js';
import type { StageStream } from '../stage-stream.js';

/**
 * What the code of a stage gets, for work that belongs to no run: nothing is logged, kept or reported, and its time is
 * all that stops it.
 */
export function checkAttempt(
  task: StageTask,
  timeoutMs: number,
  deps: { readonly store: BlobStore; readonly env: Environment },
): Attempt {
  const parts = {
    task,
    redact: redactorFor(task, deps.env),
    stopped: limitedTo(timeoutMs),
    heartbeat: { lastCheckpoint: undefined, checkpoint: undefined, update: nothing, stop: nothing },
    given: {},
    queuedMs: 0,
    log: SILENT,
    stream: NO_STREAM,
  };
  return { ...parts, ctx: stageContext(parts, 1, deps) };
}

const nothing = (): void => undefined;

const SILENT: StageLog = {
  logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  output: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** What a check yields is nobody's. */
const NO_STREAM: StageStream = {
  open: () => Promise.resolve(),
  published: 0,
  append: () => Promise.resolve(),
  end: () => Promise.resolve(),
  abandon: () => Promise.resolve(),
  ref: undefined,
};

function limitedTo(timeoutMs: number): AttemptSignal {
  const controller = new AbortController();
  const { signal } = controller;
  const timer = setTimeout(() => {
    controller.abort(new DOMException(`Ran longer than ${timeoutMs} ms.`, 'TimeoutError'));
  }, timeoutMs);
  return {
    signal,
    stopReason: () => (signal.aborted ? 'timeout' : null),
    onStop: (listener) => signal.addEventListener('abort', () => listener(signal.reason), { once: true }),
    dispose: () => clearTimeout(timer),
  };
}
