import { extname, relative, sep } from 'node:path';
import { watch } from 'chokidar';
import { startEmbeddedServer } from './embedded-server.js';
import type { EmbeddedServer } from './embedded-server.js';
import type { OnStep } from './step.js';
import { reloadingWorker } from './reloading-worker.js';
import type { ReloadingWorker, StartWorker } from './reloading-worker.js';

/** Where the server is. */
type DevServer = Pick<EmbeddedServer, 'address' | 'namespace' | 'uiUrl'>;

export type DevOptions = {
  readonly dir: string;
  /** @default 7233 */
  readonly port?: number;
  /** Of the Web UI. @default 8233 */
  readonly uiPort?: number;
  /** @default `.sluice/temporal.db` */
  readonly dbFile?: string;
  readonly log: OnStep;
  /** Called once the server answers. */
  readonly onReady?: (server: DevServer) => void;
  /** Ends the server and the worker. */
  readonly signal: AbortSignal;
  /** Starts a worker with the code as it is now; `spawnWorker` is the one to use outside tests. */
  readonly startWorker: StartWorker;
};

/**
 * Runs a local server with its Web UI and a worker that is started afresh whenever the project's code changes, until
 * the signal is aborted. Throws a `ServerError` when the server cannot be had, for instance because a port is taken.
 */
export async function runDev(options: DevOptions): Promise<void> {
  const { dir, port = 7233, uiPort = 8233, dbFile, log, signal } = options;
  const server = await startEmbeddedServer({
    dir,
    port,
    uiPort,
    log,
    ...(dbFile === undefined ? {} : { dbFile }),
  });
  try {
    log({ message: `Temporal server: ${server.address}, namespace "${server.namespace}"` });
    if (server.uiUrl !== null) log({ message: `Web UI: ${server.uiUrl}` });
    options.onReady?.(server);
    if (!signal.aborted) await serve(server, options);
  } finally {
    await server.release();
  }
}

async function serve(server: EmbeddedServer, { dir, log, signal, startWorker }: DevOptions): Promise<void> {
  const place = { address: server.address, namespace: server.namespace, dir };
  const worker = reloadingWorker(() => startWorker(place), log);
  const stopWatching = await reloadOnChange(dir, worker, log);
  try {
    worker.reload();
    await aborted(signal);
    log({ message: 'Stopping: stages that run may end first' });
  } finally {
    await stopWatching();
    await worker.stop();
  }
}

const IGNORED_FOLDERS: ReadonlySet<string> = new Set(['node_modules', '.sluice', '.git', 'dist', 'out']);
/** Data that stages write into the project must not restart the worker that runs them. */
const CODE: ReadonlySet<string> = new Set([
  '.ts',
  '.mts',
  '.cts',
  '.tsx',
  '.js',
  '.mjs',
  '.cjs',
  '.jsx',
  '.yaml',
  '.yml',
]);
/** Saving several files at once, or a branch being checked out, is one change. */
const QUIET_MS = 200;

async function reloadOnChange(
  dir: string,
  worker: ReloadingWorker,
  log: OnStep,
): Promise<() => Promise<void>> {
  const watcher = watch(dir, {
    ignoreInitial: true,
    ignored: (path) =>
      relative(dir, path)
        .split(sep)
        .some((part) => IGNORED_FOLDERS.has(part)),
  });
  let timer: NodeJS.Timeout | undefined;
  watcher.on('all', (_event, path) => {
    if (!CODE.has(extname(path))) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      log({ message: `${relative(dir, path)} changed: reloading the worker` });
      worker.reload();
    }, QUIET_MS);
  });
  watcher.on('error', (error) => {
    log({ message: `Changes may go unseen: ${error instanceof Error ? error.message : String(error)}` });
  });
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  return async () => {
    clearTimeout(timer);
    await watcher.close();
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}
