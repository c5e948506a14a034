import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ServerWish } from './adopt-server.js';
import { ensureTemporalCli } from './locate.js';
import { freePorts, isPortFree, portComesFree, requireFreePort } from './ports.js';
import { dataOf, readState, removeState, writeState } from './server-folder.js';
import type { ServerFolder, ServerState } from './server-folder.js';
import { spawnServer, stopServer, waitUntilReady } from './server-process.js';
import type { ServerLaunch } from './server-process.js';

/** Starts a server for the folder and waits until it serves. Throws a {@link ServerError} when it cannot. */
export async function launchServer(folder: ServerFolder, wish: ServerWish): Promise<ServerState> {
  const last = await readState(folder);
  if (last !== null) await portComesFree(last.port);
  if (wish.port !== undefined) await requireFreePort(wish.port, '--port');
  if (wish.uiPort !== undefined) await requireFreePort(wish.uiPort, '--ui-port');
  const cli = wish.cli ?? (await ensureTemporalCli({ onStep: wish.log })).path;
  const dbFile = dataOf(folder, wish);
  await mkdir(dirname(dbFile), { recursive: true });
  const [anyPort = 0, anyUiPort = 0] = await freePorts(2);
  const launch: ServerLaunch = {
    cli,
    // Workers and clients that survived a killed server find its successor at the same address.
    port: wish.port ?? (await lastPort(last?.port)) ?? anyPort,
    uiPort: wish.headless === true ? null : (wish.uiPort ?? (await lastPort(last?.uiPort)) ?? anyUiPort),
    dbFile,
    namespace: wish.namespace,
  };
  return spawnAndWait(folder, launch);
}

async function lastPort(port: number | null | undefined): Promise<number | null> {
  return port !== undefined && port !== null && (await isPortFree(port)) ? port : null;
}

async function spawnAndWait(folder: ServerFolder, launch: ServerLaunch): Promise<ServerState> {
  const server = await spawnServer(folder, launch);
  const { port, uiPort, dbFile } = launch;
  const startedAt = new Date().toISOString();
  const state: ServerState = { pid: server.pid, port, uiPort, dbFile, startedBy: process.pid, startedAt };
  try {
    await writeState(folder, state);
    await waitUntilReady(server, folder, launch);
    return state;
  } catch (error) {
    await stopServer(server.pid, dbFile);
    await removeState(folder);
    throw error;
  }
}
