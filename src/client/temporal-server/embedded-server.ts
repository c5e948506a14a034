import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { withFileLock } from './file-lock.js';
import { keepAlive } from './keep-alive.js';
import { ensureTemporalCli } from './locate.js';
import type { OnStep } from './step.js';
import { freePorts, isPortFree, LOOPBACK, requireFreePort } from './ports.js';
import {
  livingUsers,
  openServerFolder,
  readState,
  registerUser,
  removeState,
  writeState,
} from './server-folder.js';
import type { ServerFolder, ServerState } from './server-folder.js';
import { findServersOf, isServerOf, spawnServer, stopServer, waitUntilReady } from './server-process.js';
import type { ServerLaunch } from './server-process.js';
import { addNamespace, isHealthy } from './server-readiness.js';
import { ServerError } from './server-error.js';

export type EmbeddedServerOptions = {
  /** The project's folder; the server's data and state go to its `.sluice` folder. */
  readonly dir: string;
  /** @default a free port, the one of the last start where possible */
  readonly port?: number;
  /** @default a free port, the one of the last start where possible */
  readonly uiPort?: number;
  /** @default `.sluice/temporal.db` */
  readonly dbFile?: string;
  /** @default "default" */
  readonly namespace?: string;
  /** Without Web UI. @default false */
  readonly headless?: boolean;
  /** Told what happens: tools being fetched, a server found, taken over or started. */
  readonly log?: OnStep;
  /** The Temporal CLI. @default found or fetched */
  readonly cli?: string;
};

/** A local Temporal server for a folder, which may be shared with other processes. */
export type EmbeddedServer = {
  /** Host and port for gRPC. */
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string | null;
  /** Changes when the server was restarted. */
  readonly pid: number;
  /** True when this call started it, false when it ran already. */
  readonly owned: boolean;
  /** Ends this use; the last user's release stops the server. Safe to call again. */
  readonly release: () => Promise<void>;
};

/**
 * Starts a Temporal server for a folder, or joins the one that serves it already. What a killed process left running
 * is taken over when it is healthy, otherwise ended and started again on the same data. A server that dies while it is
 * in use is restarted at the same address.
 * Throws a {@link ServerError} when no server can be had.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const log = options.log ?? (() => undefined);
  const folder = await openServerFolder(options.dir);
  const onWait = (): void => {
    log({ message: 'Waiting for another process that is starting or stopping the local Temporal server' });
  };
  return withFileLock(
    folder.lockFile,
    async () => {
      const wish: Wish = {
        ...options,
        log,
        namespace: options.namespace ?? DEFAULT_NAMESPACE,
        dbFile: options.dbFile === undefined ? folder.dbFile : resolve(options.dbFile),
      };
      const found = await adopt(folder, wish);
      const state = found ?? (await start(folder, wish));
      return serverHandle(folder, { state, owned: found === null, wish });
    },
    { onWait },
  );
}

type Wish = EmbeddedServerOptions & Required<Pick<EmbeddedServerOptions, 'log' | 'namespace' | 'dbFile'>>;

const DEFAULT_NAMESPACE = 'default';
const BUSY_ANSWER_MS = 15_000;
const IDLE_ANSWER_MS = 4_000;
/** What does not answer will hardly obey; its data survives a SIGKILL. */
const DEAF_GRACE_MS = 1_000;

/** The server that runs for this folder and fits the wish; null when there is none (any more). */
async function adopt(folder: ServerFolder, wish: Wish): Promise<ServerState | null> {
  const state = await readState(folder);
  if (state !== null && (await isServerOf(state.pid, state.dbFile))) {
    const users = await livingUsers(folder);
    const differs = differencesOf(state, wish);
    if (users.length > 0 && state.dbFile !== wish.dbFile) throw otherData(state, wish, users);
    const isFit = users.length > 0 || differs.length === 0;
    // A server that others use may be busy; one that was left behind has no reason to be slow.
    const patienceMs = users.length > 0 ? BUSY_ANSWER_MS : IDLE_ANSWER_MS;
    const answers = isFit && (await isHealthy(addressOf(state), patienceMs));
    if (answers) {
      if (wish.namespace !== DEFAULT_NAMESPACE) await addNamespace(addressOf(state), wish.namespace);
      for (const difference of differs)
        wish.log({ message: `Joining the server that runs already: ${difference}` });
      return state;
    }
    wish.log({
      message: `Ending the Temporal server (process ${state.pid}) that ${isFit ? 'does not answer' : 'an earlier command left behind'}`,
    });
    await stopServer(state.pid, state.dbFile, isFit ? DEAF_GRACE_MS : undefined);
  }
  // One that was started by a process that died before it could write down that it did.
  for (const pid of await findServersOf(wish.dbFile)) await stopServer(pid, wish.dbFile);
  return null;
}

function differencesOf(state: ServerState, wish: Wish): readonly string[] {
  const { port, uiPort, dbFile } = wish;
  return [
    ...(dbFile === state.dbFile ? [] : [`its data is ${state.dbFile}`]),
    ...(port === undefined || port === state.port ? [] : [`its port is ${state.port}, not ${port}`]),
    ...(uiPort === undefined || uiPort === state.uiPort
      ? []
      : [
          state.uiPort === null ? 'it has no Web UI' : `its Web UI is on port ${state.uiPort}, not ${uiPort}`,
        ]),
  ];
}

async function start(folder: ServerFolder, wish: Wish): Promise<ServerState> {
  const last = await readState(folder);
  if (wish.port !== undefined) await requireFreePort(wish.port, '--port');
  if (wish.uiPort !== undefined) await requireFreePort(wish.uiPort, '--ui-port');
  const cli = wish.cli ?? (await ensureTemporalCli({ onStep: wish.log })).path;
  await mkdir(dirname(wish.dbFile), { recursive: true });
  const [anyPort = 0, anyUiPort = 0] = await freePorts(2);
  const launch: ServerLaunch = {
    cli,
    // Workers and clients that survived a killed server find its successor at the same address.
    port: wish.port ?? (await lastPort(last?.port)) ?? anyPort,
    uiPort: wish.headless === true ? null : (wish.uiPort ?? (await lastPort(last?.uiPort)) ?? anyUiPort),
    dbFile: wish.dbFile,
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

type Joined = { readonly state: ServerState; readonly owned: boolean; readonly wish: Wish };

async function serverHandle(
  folder: ServerFolder,
  { state: first, owned, wish }: Joined,
): Promise<EmbeddedServer> {
  const endUse = await registerUser(folder);
  let state = first;
  let released: Promise<void> | null = null;
  const restart = async (): Promise<void> => {
    // Its clients go on where they were, so the successor must have its address.
    const { port, uiPort } = state;
    const same: Wish = { ...wish, port, ...(uiPort === null ? { headless: true } : { uiPort }) };
    await withFileLock(folder.lockFile, async () => {
      if (released === null) state = (await adopt(folder, same)) ?? (await start(folder, same));
    });
  };
  const stopWatching = keepAlive({ pid: () => state.pid, restart, log: wish.log });
  return {
    address: addressOf(state),
    namespace: wish.namespace,
    uiUrl: state.uiPort === null ? null : `http://${LOOPBACK}:${state.uiPort}`,
    get pid() {
      return state.pid;
    },
    owned,
    release: () => {
      stopWatching();
      return (released ??= withFileLock(folder.lockFile, () => leave(folder, endUse)));
    },
  };
}

async function leave(folder: ServerFolder, endUse: () => Promise<void>): Promise<void> {
  await endUse();
  if ((await livingUsers(folder)).length > 0) return;
  // Not the state at the start: another process may have replaced the server since.
  const state = await readState(folder);
  if (state === null) return;
  await stopServer(state.pid, state.dbFile);
}

function addressOf(state: ServerState): string {
  return `${LOOPBACK}:${state.port}`;
}

function otherData(state: ServerState, wish: Wish, users: readonly number[]): ServerError {
  return new ServerError(
    `A Temporal server with the data ${state.dbFile} serves this folder already, not ${wish.dbFile}.`,
    { code: 'folder_unusable', hint: `End the processes that use it first: ${users.join(', ')}.` },
  );
}
