import { expect, it } from 'vitest';
import { reloadingWorker } from '../../../../src/client/temporal-server/reloading-worker.js';
import type { RunningWorker } from '../../../../src/client/temporal-server/reloading-worker.js';

type FakeWorker = RunningWorker & { readonly end: (reason: string) => void };

function rig(start?: (count: number) => void) {
  const events: string[] = [];
  const workers: FakeWorker[] = [];
  const worker = reloadingWorker(
    () => {
      const name = `worker ${workers.length + 1}`;
      start?.(workers.length + 1);
      events.push(`${name} started`);
      let end = (_reason: string): void => undefined;
      const ended = new Promise<string>((resolve) => (end = resolve));
      const fake = { ended, end, stop: async () => void events.push(`${name} stopped`) };
      workers.push(fake);
      return Promise.resolve(fake);
    },
    ({ message }) => events.push(message),
  );
  return { events, workers, worker };
}

it('starts a worker and stops it at the end', async () => {
  const { events, worker } = rig();
  worker.reload();
  await expect.poll(() => events).toEqual(['worker 1 started']);
  await worker.stop();
  expect(events).toEqual(['worker 1 started', 'worker 1 stopped']);
});

it('stops the old worker before it starts the new one, once for several changes at once', async () => {
  const { events, worker } = rig();
  worker.reload();
  worker.reload();
  worker.reload();
  await expect.poll(() => events).toEqual(['worker 1 started']);
  worker.reload();
  await expect.poll(() => events).toEqual(['worker 1 started', 'worker 1 stopped', 'worker 2 started']);
  await worker.stop();
  expect(events.at(-1)).toBe('worker 2 stopped');
});

it('reports a worker that does not start and tries again at the next change', async () => {
  let isBroken = true;
  const { events, worker } = rig(() => {
    if (isBroken) throw new Error('stages.ts:3: Unexpected token.');
  });
  worker.reload();
  await expect
    .poll(() => events)
    .toEqual([
      'The worker does not start: stages.ts:3: Unexpected token. It is tried again when a file changes.',
    ]);
  isBroken = false;
  worker.reload();
  await expect.poll(() => events.at(-1)).toBe('worker 1 started');
  await worker.stop();
});

it('reports a worker that ends by itself and does not stop it again', async () => {
  const { events, workers, worker } = rig();
  worker.reload();
  await expect.poll(() => workers.length).toBe(1);
  workers[0]?.end('exit code 1.');
  await expect
    .poll(() => events.at(-1))
    .toBe('The worker ended: exit code 1. It starts again when a file changes.');
  await worker.stop();
  expect(events).not.toContain('worker 1 stopped');
});

it('starts nothing after it was stopped', async () => {
  const { events, worker } = rig();
  await worker.stop();
  worker.reload();
  await worker.stop();
  expect(events).toEqual([]);
});
