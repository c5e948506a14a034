import { expect, it } from 'vitest';
import {
  forgetWorkers,
  putWorkerReport,
  readWorkerReports,
  removeWorkerReport,
} from '../../../src/storage/worker-reports.js';
import { aWorker, AT, hoursAgo } from '../../support/health-facts.js';
import { memoryStore } from './memory-store.js';

const now = new Date(AT);

it('keeps the last report of each worker and queue, apart by namespace', async () => {
  const store = memoryStore();
  await putWorkerReport(store, 'prod', aWorker({ load: 1 }));
  await putWorkerReport(store, 'prod', aWorker({ load: 2 }));
  await putWorkerReport(store, 'prod', aWorker({ task_queue: 'gpu' }));
  await putWorkerReport(store, 'test', aWorker({ load: 3 }));
  const reports = await readWorkerReports(store, 'prod', now);
  expect(reports.map(({ load, task_queue }) => [load, task_queue])).toEqual(
    expect.arrayContaining([
      [2, 'sluice'],
      [0.5, 'gpu'],
    ]),
  );
  expect(reports).toHaveLength(2);
  await removeWorkerReport(store, 'prod', aWorker());
  expect(await readWorkerReports(store, 'prod', now)).toMatchObject([{ task_queue: 'gpu' }]);
});

it('leaves out workers that have been silent for a day, and removes them when told to', async () => {
  const store = memoryStore();
  await putWorkerReport(store, 'prod', aWorker({ seen_at: hoursAgo(25) }));
  await putWorkerReport(store, 'prod', aWorker({ worker: 'other', seen_at: hoursAgo(23) }));
  expect(await readWorkerReports(store, 'prod', now)).toMatchObject([{ worker: 'other' }]);
  expect(await store.list('workers/')).toHaveLength(2);
  await forgetWorkers(store, 'prod', now);
  expect(await store.list('workers/')).toHaveLength(1);
});
