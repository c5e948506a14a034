import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { compiled } from '../support/dev-project.js';
import { type KillableWorker, startKillableWorker } from '../support/killable-worker.js';
import type { Plan } from '../../src/engine/plan.js';

const ITEMS = 5_000;

let rig: KillableWorker;

beforeEach(async () => {
  rig = await startKillableWorker({
    project: 'large-map-crash',
    taskQueue: 'map-crash',
    bookVariable: 'MAP_BOOK',
  });
});
afterEach(() => rig.close());

function plan(): Plan {
  return compiled({
    name: 'map-crash',
    defaults: { retry: { max_attempts: 100, initial_delay: '100ms', backoff: 1 }, heartbeat_timeout: '1s' },
    stages: [{ id: 'all', uses: 'double', with: { n: '${{ item }}' }, map: { over: { range: ITEMS } } }],
  });
}

const ended = async (): Promise<readonly number[]> =>
  (await readFile(rig.book, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);

it(`finishes ${ITEMS} items in shards although the worker is killed twice, and repeats only what was not done`, async () => {
  const handle = await rig.client.start(plan());
  const result = handle.result();
  for (const share of [0.2, 0.6]) {
    await vi.waitFor(async () => expect((await ended()).length).toBeGreaterThan(ITEMS * share), {
      timeout: 120_000,
      interval: 50,
    });
    await rig.kill();
  }
  const { status, stages } = await result;
  expect(status).toBe('succeeded');
  expect(stages['all']?.items).toMatchObject({ total: ITEMS, succeeded: ITEMS, failed: 0, pending: 0 });
  expect(stages['all']?.output).toEqual(Array.from({ length: ITEMS }, (_, i) => i * 2));
  const all = await ended();
  expect(new Set(all).size).toBe(ITEMS);
  // Only what ran at the moment of a kill, at most the window of the map, may have run twice.
  expect(all.length - ITEMS).toBeLessThanOrEqual(2 * 100);
}, 300_000);
