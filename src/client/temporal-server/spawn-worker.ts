import { execa } from 'execa';
import type { RunningWorker, WorkerPlace } from './reloading-worker.js';

export type SpawnWorkerOptions = WorkerPlace & {
  /** The command's main file. */
  readonly cliPath: string;
};

const STOP_GRACE_MS = 20_000;

/**
 * Makes a worker end when its parent is gone, however that ended: a worker left behind would go on taking stages with
 * old code.
 */
const END_WITH_PARENT = `data:text/javascript,${encodeURIComponent(
  "process.on('disconnect', () => process.kill(process.pid, 'SIGTERM')); process.channel?.unref();",
)}`;

/**
 * Starts `sluice worker` as a process of its own, so that a reload runs the project's code afresh. Ctrl-C in the
 * terminal does not reach it: it is stopped by {@link RunningWorker.stop} alone, which lets its stages end.
 */
export async function spawnWorker(options: SpawnWorkerOptions): Promise<RunningWorker> {
  const { cliPath, address, namespace, dir } = options;
  const worker = execa(process.execPath, ['--import', END_WITH_PARENT, cliPath, 'worker'], {
    cwd: dir,
    detached: true,
    ipc: true,
    reject: false,
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
    forceKillAfterDelay: STOP_GRACE_MS,
    env: { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace },
  });
  const ended = worker.then(({ exitCode, signal }) =>
    signal === undefined ? `exit code ${exitCode}.` : `${signal}.`,
  );
  return {
    ended,
    stop: async () => {
      worker.kill('SIGTERM');
      await ended;
    },
  };
}
