import type { Logger } from 'pino';
import type { BlobStore } from '../../storage/blob-store.js';
import { forgetWorkers, putWorkerReport, removeWorkerReport } from '../../storage/worker-reports.js';
import { workerFacts, type WorkerPlace } from './worker-facts.js';

/** A worker that says nothing for three times as long is taken for dead. */
const EVERY_MS = 30_000;

/**
 * Writes down again and again how a worker and its machine do, in the store that it shares with all others. Gives the
 * function that ends it and takes the report back. A store that fails costs a warning, never the worker.
 */
export function reportWorker(
  store: BlobStore,
  namespace: string,
  place: WorkerPlace,
  log: Logger,
): () => Promise<void> {
  let writing = Promise.resolve();
  const write = async (): Promise<void> => {
    try {
      await putWorkerReport(store, namespace, await workerFacts(place, new Date()));
    } catch (error) {
      log.warn({ err: error, store: store.location }, 'How this worker does could not be written down');
    }
  };
  const timer = setInterval(() => {
    writing = writing.then(write);
  }, EVERY_MS).unref();
  writing = write().then(() => forgetWorkers(store, namespace, new Date()).catch(() => undefined));
  return async () => {
    clearInterval(timer);
    await writing;
    const report = { worker: place.identity, task_queue: place.taskQueue };
    await removeWorkerReport(store, namespace, report).catch(() => undefined);
  };
}
