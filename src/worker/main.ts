import { pino, type Logger } from 'pino';
import { type ConnectionOverrides, loadConnectionSettings } from './connection.js';
import { loadConfig } from './config.js';
import { startWorker } from './create-worker.js';

export type WorkerProcessOptions = {
  /** Where the configuration is looked for. @default the current folder */
  readonly dir?: string;
  readonly connection?: ConnectionOverrides;
  readonly taskQueue?: string;
  readonly identity?: string;
  /** Overrides the configuration's `worker.httpPort`. */
  readonly httpPort?: number;
  readonly httpHost?: string;
  readonly log?: Logger;
};

/**
 * Runs a worker until SIGINT or SIGTERM, then stops it gracefully; a second signal ends the process at once. Throws
 * when the configuration is wrong, Temporal cannot be reached, or the worker fails.
 */
export async function runWorkerProcess(options: WorkerProcessOptions = {}): Promise<void> {
  const loaded = await loadConfig(options.dir ?? process.cwd());
  const worker = {
    ...loaded.worker,
    ...(options.httpPort === undefined ? {} : { httpPort: options.httpPort }),
    ...(options.httpHost === undefined ? {} : { httpHost: options.httpHost }),
  };
  const log = options.log ?? pino({ level: worker.logLevel });
  const running = await startWorker({
    connectionSettings: loadConnectionSettings(options.connection),
    config: { ...loaded, worker },
    log,
    ...(options.taskQueue === undefined ? {} : { taskQueue: options.taskQueue }),
    ...(options.identity === undefined ? {} : { identity: options.identity }),
  });
  const release = onSignals({
    first: (signal) => {
      log.info(
        { signal, graceMs: worker.shutdownGraceMs },
        'Worker stops; send the signal again to end it at once',
      );
      void running.stop();
    },
    second: () => process.exit(130),
  });
  try {
    await running.done;
  } finally {
    release();
  }
}

function onSignals(react: { first: (signal: NodeJS.Signals) => void; second: () => void }): () => void {
  let count = 0;
  const listener = (signal: NodeJS.Signals): void => {
    count += 1;
    if (count === 1) react.first(signal);
    else react.second();
  };
  process.on('SIGINT', listener).on('SIGTERM', listener);
  return () => process.off('SIGINT', listener).off('SIGTERM', listener);
}
