import { createHash } from 'node:crypto';
import type { WorkerFacts } from '../engine/health/facts.js';
import type { BlobStore } from './blob-store.js';

const PREFIX = 'workers/';

/** More reports than this are not read: somebody forgot to clean up. */
const MOST_READ = 500;

/** Replaces what the worker said before. */
export async function putWorkerReport(
  store: BlobStore,
  namespace: string,
  report: WorkerFacts,
): Promise<void> {
  await store.put(keyOf(namespace, report), Buffer.from(JSON.stringify(report)));
}

/** A worker that stopped in order is not missed. */
export async function removeWorkerReport(
  store: BlobStore,
  namespace: string,
  report: Pick<WorkerFacts, 'worker' | 'task_queue'>,
): Promise<void> {
  await store.delete(keyOf(namespace, report));
}

/** Older ones are no news any more. */
const KEEP_MS = 86_400_000;

/** What the workers of a namespace said last, without those that have been silent for a day. */
export async function readWorkerReports(
  store: BlobStore,
  namespace: string,
  now: Date,
): Promise<readonly WorkerFacts[]> {
  const reports = await readAll(store, namespace);
  return reports
    .filter((report) => !isForgotten(report, now))
    .toSorted((a, b) => a.worker.localeCompare(b.worker));
}

/** Removes what {@link readWorkerReports} would leave out. */
export async function forgetWorkers(store: BlobStore, namespace: string, now: Date): Promise<void> {
  const forgotten = (await readAll(store, namespace)).filter((report) => isForgotten(report, now));
  await Promise.all(forgotten.map((report) => removeWorkerReport(store, namespace, report)));
}

function isForgotten({ seen_at }: WorkerFacts, now: Date): boolean {
  return now.getTime() - Date.parse(seen_at) > KEEP_MS;
}

async function readAll(store: BlobStore, namespace: string): Promise<readonly WorkerFacts[]> {
  const keys = (await store.list(`${PREFIX}${folderOf(namespace)}/`)).slice(0, MOST_READ);
  const reports = await Promise.all(keys.map((key) => readReport(store, key)));
  return reports.filter((report) => report !== null);
}

/** Null for one that was removed meanwhile, or that cannot be understood. */
async function readReport(store: BlobStore, key: string): Promise<WorkerFacts | null> {
  try {
    return JSON.parse((await store.get(key)).toString()) as WorkerFacts;
  } catch {
    return null;
  }
}

function keyOf(
  namespace: string,
  { worker, task_queue }: Pick<WorkerFacts, 'worker' | 'task_queue'>,
): string {
  return `${PREFIX}${folderOf(namespace)}/${hash(`${task_queue}\n${worker}`)}`;
}

function folderOf(namespace: string): string {
  return hash(namespace);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}
