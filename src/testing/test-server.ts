import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataConverter } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import { ensureTemporalCli, ensureTestServer } from '../client/temporal-server/locate.js';
import { createDataConverter } from '../storage/external-storage-driver.js';
import { createFolderStore } from '../storage/folder-store.js';
import type { BlobStore } from '../storage/blob-store.js';
import { installRuntime } from '../worker/runtime.js';
import { endQuietly, serversOn, startDevServer, startTimeSkippingServer } from './start-server.js';

/** How long a server waits for the next test before it ends by itself, so that a test runner can exit. */
const IDLE_MS = 2000;

/** A Temporal server for tests and where its big payloads go. */
export type TestServer = {
  readonly env: TestWorkflowEnvironment;
  readonly store: BlobStore;
  readonly folder: string;
};

let current: Promise<TestServer> | null = null;
let last: Promise<unknown> = Promise.resolve();
let idle: NodeJS.Timeout | undefined;

/**
 * Works with this process's test server, starting it when there is none. One at a time: the server's clock is shared by
 * all that happens on it. `spoil()` gives the server up afterwards, for tests that leave its clock standing still.
 */
export function withTestServer<T>(work: (server: TestServer, spoil: () => void) => Promise<T>): Promise<T> {
  const turn = last.then(async () => {
    clearTimeout(idle);
    let isSpoilt = false;
    try {
      current ??= startTestServer();
      return await work(await current, () => {
        isSpoilt = true;
      });
    } finally {
      if (isSpoilt) await endServer();
      else idle = setTimeout(() => void closeTestServers(), IDLE_MS).unref();
    }
  });
  last = turn.catch(() => undefined);
  return turn;
}

/** Ends the test server of this process, if there is one. For the `after` hook of a test file. */
export async function closeTestServers(): Promise<void> {
  clearTimeout(idle);
  last = last.then(endServer);
  await last;
}

async function endServer(): Promise<void> {
  const ending = current;
  current = null;
  const server = await ending?.catch(() => null);
  if (server === null || server === undefined) return;
  await server.env.teardown();
  await rm(server.folder, { recursive: true, force: true });
}

async function startTestServer(): Promise<TestServer> {
  installRuntime({ log: pino({ level: 'silent' }) });
  const folder = await mkdtemp(join(tmpdir(), 'sluice-test-'));
  const store = createFolderStore(folder);
  const env = await startTimeSkipping(createDataConverter(store));
  await endWithProcess(env.address);
  return { env, store, folder };
}

/** Where the time-skipping server cannot be had, which needs Java, the development server does: time then passes. */
async function startTimeSkipping(dataConverter: DataConverter): Promise<TestWorkflowEnvironment> {
  const settings = { client: { dataConverter } };
  const skipping = await ensureTestServer().catch(() => null);
  if (skipping !== null) return startTimeSkippingServer(skipping.path, settings);
  return startDevServer((await ensureTemporalCli()).path, settings);
}

/** A test runner may exit without asking anybody; the server must not outlive it. */
async function endWithProcess(address: string): Promise<void> {
  const pids = await serversOn(Number(address.split(':').at(-1)));
  process.once('exit', () => {
    for (const pid of pids) endQuietly(pid);
  });
}
