import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SEARCH_ATTRIBUTE } from '../../src/shared/names.js';
import { checkConfiguredServer } from '../../src/client/temporal-server/doctor-server.js';
import { startEmbeddedServer } from '../../src/client/temporal-server/embedded-server.js';
import type { EmbeddedServer } from '../../src/client/temporal-server/embedded-server.js';
import { freePorts } from '../../src/client/temporal-server/ports.js';
import { commandLineOf, isRunning } from '../../src/client/temporal-server/processes.js';
import { readState, serverFolder, writeState } from '../../src/client/temporal-server/server-folder.js';
import { findServersOf } from '../../src/client/temporal-server/server-process.js';

const JITI = fileURLToPath(new URL('../../node_modules/jiti/lib/jiti-cli.mjs', import.meta.url));
const USER = fileURLToPath(new URL('../support/server-user.ts', import.meta.url));

let dir: string;
let log: string[];
const open: EmbeddedServer[] = [];

beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'sluice-server-')));
  log = [];
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.release()));
  const left = await findServersOf(serverFolder(dir).dbFile);
  if (left.length > 0) throw new Error(`Servers are left running: ${left.join(', ')}`);
  await rm(dir, { recursive: true });
});

type Wish = { readonly port?: number; readonly uiPort?: number; readonly dbFile?: string };

async function start(wish: Wish = {}): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer({ dir, log: ({ message }) => log.push(message), ...wish });
  open.push(server);
  return server;
}

type ServerFacts = { readonly address: string; readonly pid: number; readonly owned: boolean };

/** Another process that uses the server of the same folder. */
async function startUser() {
  const user = execa(process.execPath, [JITI, USER, dir], { ipc: true, reject: false });
  const facts = await Promise.race([user.getOneMessage(), user.then(({ stderr }) => stderr)]);
  if (typeof facts !== 'object') throw new Error(`The user process ended: ${String(facts)}`);
  const { address, pid, owned } = facts as ServerFacts;
  return {
    address,
    pid,
    owned,
    kill: async () => {
      user.kill('SIGKILL');
      await user;
    },
    tell: async (what: 'release' | 'exit') => {
      await user.sendMessage(what);
      await user;
    },
  };
}

async function withClient<T>(
  server: { readonly address: string },
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const connection = await Connection.connect({ address: server.address, connectTimeout: 20_000 });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

function startWorkflow(server: EmbeddedServer): Promise<unknown> {
  return withClient(server, (client) =>
    client.workflow.start('waiting', {
      workflowId: 'kept',
      taskQueue: 'nobody',
      args: [{ greeting: 'hello' }],
    }),
  );
}

function statusOfWorkflow(server: { readonly address: string }): Promise<string> {
  return withClient(
    server,
    async (client) => (await client.workflow.getHandle('kept').describe()).status.name,
  );
}

it('starts a server with what runs need and stops it when its only user is done', async () => {
  const server = await start();
  expect(server).toMatchObject({ owned: true, namespace: 'default' });
  expect((await fetch(server.uiUrl ?? '')).status).toBe(200);
  await withClient(server, async ({ connection }) => {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: 'default',
    });
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.values(SEARCH_ATTRIBUTE)));
    const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' });
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 86_400);
  });
  expect(await commandLineOf(server.pid)).toContain('history.transferProcessorMaxPollRPS=2000');
  expect(await checkConfiguredServer({ TEMPORAL_ADDRESS: server.address })).toMatchObject([
    { ok: true, message: expect.stringContaining('answers and has the namespace "default"') as string },
    { ok: true, check: 'search_attributes' },
  ]);
  await server.release();
  expect(await isRunning(server.pid)).toBe(false);
});

it('shares one server between processes and stops it with the last, whoever started it', async () => {
  const user = await startUser();
  const server = await start();
  expect(user.owned).toBe(true);
  expect(server).toMatchObject({ owned: false, pid: user.pid, address: user.address });
  await user.tell('release');
  expect(await isRunning(server.pid)).toBe(true);
  await server.release();
  expect(await isRunning(server.pid)).toBe(false);
});

it('starts one server when several processes ask at once', async () => {
  const servers = await Promise.all([start(), startUser(), start()]);
  expect(new Set(servers.map(({ pid }) => pid)).size).toBe(1);
  expect(servers.filter(({ owned }) => owned)).toHaveLength(1);
  await servers[1].tell('release');
});

it('leaves no server behind when its last user exits without a word', async () => {
  const user = await startUser();
  await user.tell('exit');
  await expect.poll(() => isRunning(user.pid), { timeout: 20_000 }).toBe(false);
});

it('takes over the server that a killed process left running', async () => {
  const user = await startUser();
  await user.kill();
  expect(await isRunning(user.pid)).toBe(true);
  const server = await start();
  expect(server).toMatchObject({ owned: false, pid: user.pid });
  await server.release();
  expect(await isRunning(user.pid)).toBe(false);
});

it('replaces a left-over server that does not answer, keeping data and address', async () => {
  const user = await startUser();
  await user.kill();
  process.kill(user.pid, 'SIGSTOP');
  const server = await start();
  expect(server).toMatchObject({ owned: true, address: user.address });
  expect(await isRunning(user.pid)).toBe(false);
  expect(log).toContain(`Ending the Temporal server (process ${user.pid}) that does not answer`);
});

it('restarts a server that was killed with its user, at the same address and with its data', async () => {
  const server = await start();
  await startWorkflow(server);
  const user = await startUser();
  await server.release();
  await user.kill();
  process.kill(user.pid, 'SIGKILL');
  await expect.poll(() => isRunning(user.pid)).toBe(false);
  const next = await start();
  expect(next).toMatchObject({ owned: true, address: server.address });
  expect(await statusOfWorkflow(next)).toBe('RUNNING');
});

it('brings back a server that is killed while it is in use', async () => {
  const server = await start();
  await startWorkflow(server);
  const killed = server.pid;
  process.kill(killed, 'SIGKILL');
  await expect.poll(() => server.pid, { timeout: 20_000 }).not.toBe(killed);
  expect(await statusOfWorkflow(server)).toBe('RUNNING');
});

it('ends a server that nobody wrote down, so that two never share the data', async () => {
  const user = await startUser();
  await user.kill();
  await rm(serverFolder(dir).stateFile);
  const server = await start();
  expect(server.owned).toBe(true);
  expect(await isRunning(user.pid)).toBe(false);
});

it('never ends a foreign process that was given the pid of a dead server', async () => {
  const server = await start();
  const state = await readState(serverFolder(dir));
  await server.release();
  const foreign = execa(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { reject: false });
  if (state === null || foreign.pid === undefined) throw new Error('The rig is broken.');
  await writeState(serverFolder(dir), { ...state, pid: foreign.pid });
  const next = await start();
  expect(next.owned).toBe(true);
  expect(await isRunning(foreign.pid)).toBe(true);
  foreign.kill();
  await foreign;
});

it('joins a server on other data unless data of its own is asked for', async () => {
  const dbFile = join(dir, 'data', 'other.db');
  const server = await start({ dbFile });
  expect(await start()).toMatchObject({ owned: false, pid: server.pid });
  await expect(start({ dbFile: join(dir, 'third.db') })).rejects.toMatchObject({
    code: 'folder_unusable',
    message: `A Temporal server with the data ${dbFile} serves this folder already.`,
  });
  await Promise.all(open.splice(0).map((opened) => opened.release()));
  expect(await isRunning(server.pid)).toBe(false);
});

it('names the port and the flag when another program has the port', async () => {
  const [port = 0] = await freePorts(1);
  const other = createServer();
  await new Promise<void>((resolve) => other.listen({ port, host: '127.0.0.1' }, resolve));
  await expect(start({ port })).rejects.toMatchObject({
    code: 'port_in_use',
    message: `Port ${port} is in use by another program.`,
    hint: expect.stringContaining('choose another port with --port') as string,
  });
  await expect(start({ uiPort: port })).rejects.toMatchObject({
    hint: expect.stringContaining('choose another port with --ui-port') as string,
  });
  await new Promise((resolve) => other.close(resolve));
});
