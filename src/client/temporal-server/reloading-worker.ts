import type { OnStep } from './step.js';
import { reasonOf } from './server-error.js';

/** Where a worker is to work. */
export type WorkerPlace = { readonly address: string; readonly namespace: string; readonly dir: string };

/** `ended` settles when the worker is no longer there, with the reason if it ended by itself. */
export type RunningWorker = { readonly stop: () => Promise<void>; readonly ended?: Promise<string> };

export type StartWorker = (place: WorkerPlace) => Promise<RunningWorker>;

/** A worker that can be started again; never two at once. */
export type ReloadingWorker = {
  /** Stops the worker if there is one and starts it. Several calls during one reload make one more. */
  readonly reload: () => void;
  /** Stops it for good. */
  readonly stop: () => Promise<void>;
};

/** A worker that does not start, for instance because of a slip in the project's code, is reported and awaits the next reload. */
export function reloadingWorker(start: () => Promise<RunningWorker>, log: OnStep): ReloadingWorker {
  let current: RunningWorker | null = null;
  let isWanted = false;
  let isOver = false;
  let work: Promise<void> = Promise.resolve();

  const stopCurrent = async (): Promise<void> => {
    const stopping = current;
    current = null;
    await stopping?.stop();
  };
  const startNew = async (): Promise<void> => {
    const started = await start();
    current = started;
    void started.ended?.then((reason) => {
      if (current !== started) return;
      current = null;
      log({ message: `The worker ended: ${reason} It starts again when a file changes.` });
    });
  };
  const next = async (): Promise<void> => {
    if (!isWanted || isOver) return;
    isWanted = false;
    try {
      await stopCurrent();
      await startNew();
    } catch (error) {
      log({
        message: `The worker does not start: ${reasonOf(error)} It is tried again when a file changes.`,
      });
    }
  };
  return {
    reload: () => {
      isWanted = true;
      work = work.then(next);
    },
    stop: async () => {
      isOver = true;
      await work;
      await stopCurrent();
    },
  };
}
