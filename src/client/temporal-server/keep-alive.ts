import type { OnStep } from './step.js';
import { isRunning } from './processes.js';
import { reasonOf } from './server-error.js';

export type KeepAliveOptions = {
  readonly pid: () => number;
  /** Brings the server back; from then on `pid` gives the new process. */
  readonly restart: () => Promise<void>;
  readonly log: OnStep;
};

const LOOK_EVERY_MS = 250;
const MOST_RESTARTS = 5;
const WITHIN_MS = 60_000;

/**
 * Restarts a server that died, until the returned function is called. A server that dies again and again is given up:
 * something is wrong with its data or with the machine.
 */
export function keepAlive({ pid, restart, log }: KeepAliveOptions): () => void {
  let restarts: readonly number[] = [];
  let isLooking = false;
  let isOver = false;

  const look = async (): Promise<void> => {
    if ((await isRunning(pid())) || isOver) return;
    const now = Date.now();
    restarts = [...restarts.filter((time) => now - time < WITHIN_MS), now];
    if (restarts.length > MOST_RESTARTS) {
      stop();
      log({
        message: `The local Temporal server ended ${restarts.length} times in a minute and is not restarted again.`,
      });
      return;
    }
    log({ message: `The local Temporal server (process ${pid()}) ended unexpectedly: restarting it` });
    await restart();
  };
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    look()
      .catch((error: unknown) => {
        log({ message: `The local Temporal server could not be restarted: ${reasonOf(error)}` });
      })
      .finally(() => {
        isLooking = false;
      });
  }, LOOK_EVERY_MS);
  timer.unref();
  const stop = (): void => {
    isOver = true;
    clearInterval(timer);
  };
  return stop;
}
