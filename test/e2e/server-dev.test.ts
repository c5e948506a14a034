import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runDev } from '../../src/client/temporal-server/dev.js';
import { freePorts, isPortOpen } from '../../src/client/temporal-server/ports.js';
import { isRunning } from '../../src/client/temporal-server/processes.js';
import { spawnWorker } from '../../src/client/temporal-server/spawn-worker.js';

const JITI = fileURLToPath(new URL('../../node_modules/jiti/lib/jiti-cli.mjs', import.meta.url));
const FAKE_WORKER = fileURLToPath(new URL('../support/fake-worker.mjs', import.meta.url));
const WORKER_PARENT = fileURLToPath(new URL('../support/worker-parent.ts', import.meta.url));
const POLL = { timeout: 30_000 };

let dir: string;
let events: string[];

beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'sluice-dev-')));
  events = [];
});

afterEach(async () => {
  await rm(dir, { recursive: true });
});

async function startDev() {
  const [port = 0, uiPort = 0] = await freePorts(2);
  const end = new AbortController();
  const done = runDev({
    dir,
    port,
    uiPort,
    signal: end.signal,
    log: ({ message }) => events.push(message),
    startWorker: ({ address }) => {
      events.push(`worker started at ${address}`);
      return Promise.resolve({ stop: async () => void events.push('worker stopped') });
    },
  });
  return { port, uiPort, done, end: () => end.abort() };
}

function count(event: string): number {
  return events.filter((entry) => entry === event).length;
}

it('runs server and worker on the ports asked for, reloads on code and not on data, and ends cleanly', async () => {
  await mkdir(join(dir, 'out'));
  const dev = await startDev();
  const started = `worker started at 127.0.0.1:${dev.port}`;
  await expect.poll(() => events, POLL).toContain(started);
  expect(events).toContain(`Web UI: http://127.0.0.1:${dev.uiPort}`);

  await writeFile(join(dir, 'out', 'bundle.js'), '');
  await writeFile(join(dir, 'prices.csv'), '');
  await writeFile(join(dir, 'stages.ts'), 'export {};');
  await expect.poll(() => count(started), POLL).toBe(2);
  expect(events.filter((event) => event.endsWith('reloading the worker'))).toEqual([
    'stages.ts changed: reloading the worker',
  ]);

  dev.end();
  await dev.done;
  expect(count('worker stopped')).toBe(2);
  expect(await isPortOpen(dev.port)).toBe(false);
});

it('says which port is taken and by which flag to choose another', async () => {
  const other = createServer();
  const [port = 0] = await freePorts(1);
  await new Promise<void>((resolve) => other.listen({ port, host: '127.0.0.1' }, resolve));
  const startWorker = () => Promise.reject(new Error('must not start'));
  const signal = new AbortController().signal;
  await expect(runDev({ dir, port, signal, startWorker, log: () => undefined })).rejects.toMatchObject({
    code: 'port_in_use',
    hint: expect.stringContaining('--port') as string,
  });
  await new Promise((resolve) => other.close(resolve));
});

it('gives a worker process its server and ends it with one SIGTERM', async () => {
  const log = join(dir, 'log');
  process.env['FAKE_WORKER_LOG'] = log;
  const worker = await spawnWorker({
    cliPath: FAKE_WORKER,
    address: '127.0.0.1:1234',
    namespace: 'default',
    dir,
  });
  await expect
    .poll(() => readLines(log), POLL)
    .toEqual([expect.stringMatching(/^worker 127\.0\.0\.1:1234 \d+$/)]);
  await worker.stop();
  expect((await readLines(log)).slice(1)).toEqual(['SIGTERM']);
  expect(await worker.ended).toBe('exit code 0.');
});

it('ends a worker process whose parent was killed', async () => {
  const log = join(dir, 'log');
  const env = { FAKE_WORKER_LOG: log };
  const parent = execa(process.execPath, [JITI, WORKER_PARENT, FAKE_WORKER, dir], {
    ipc: true,
    reject: false,
    env,
  });
  await parent.getOneMessage();
  await expect.poll(() => readLines(log), POLL).toHaveLength(1);
  const pid = Number((await readLines(log))[0]?.split(' ').at(-1));
  parent.kill('SIGKILL');
  await parent;
  await expect.poll(() => isRunning(pid), POLL).toBe(false);
  expect((await readLines(log)).slice(1)).toEqual(['SIGTERM']);
});

async function readLines(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .trim()
    .split('\n')
    .filter((line) => line !== '');
}
