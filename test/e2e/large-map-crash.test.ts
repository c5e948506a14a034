import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SluiceClient } from '../../src/client/index.js';
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from '../../src/client/temporal-server/embedded-server.js';
import { compileDefinition } from '../../src/definition/compile.js';
import type { Plan } from '../../src/engine/plan.js';

const CLI = fileURLToPath(new URL('../../dist/client/cli/main.js', import.meta.url));
const PROJECT = fileURLToPath(new URL('fixtures/large-map-crash', import.meta.url));
const ITEMS = 5_000;

let dir: string;
let book: string;
let server: EmbeddedServer;
let client: SluiceClient;
let worker: ReturnType<typeof spawnWorker>;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-map-crash-'));
  book = join(dir, 'book.txt');
  await writeFile(book, '');
  server = await startEmbeddedServer({ dir, headless: true });
  client = await SluiceClient.connect({
    connectionOptions: { address: server.address },
    taskQueue: 'map-crash',
  });
  worker = spawnWorker();
});
afterEach(async () => {
  worker.kill('SIGKILL');
  await client.close();
  await server.release();
  await rm(dir, { recursive: true, force: true });
});

function spawnWorker() {
  return execa('node', [CLI, 'worker', '--address', server.address], {
    cwd: PROJECT,
    env: { MAP_BOOK: book },
    reject: false,
  });
}

function plan(): Plan {
  const { plan: made, problems } = compileDefinition(
    {
      name: 'map-crash',
      defaults: { retry: { max_attempts: 100, initial_delay: '100ms', backoff: 1 }, heartbeat_timeout: '1s' },
      stages: [{ id: 'all', uses: 'double', with: { n: '${{ item }}' }, map: { over: { range: ITEMS } } }],
    },
    { catalog: null, env: {} },
  );
  if (made === null) throw new Error(problems.map((problem) => problem.message).join('\n'));
  return made;
}

const ended = async (): Promise<readonly number[]> =>
  (await readFile(book, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);

it(`finishes ${ITEMS} items in shards although the worker is killed twice, and repeats only what was not done`, async () => {
  const handle = await client.start(plan());
  const result = handle.result();
  for (const share of [0.2, 0.6]) {
    await vi.waitFor(async () => expect((await ended()).length).toBeGreaterThan(ITEMS * share), {
      timeout: 120_000,
      interval: 50,
    });
    worker.kill('SIGKILL');
    await worker;
    worker = spawnWorker();
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
