import { resolve } from 'node:path';
import { adoptServer } from './adopt-server.js';
import type { ServerWish } from './adopt-server.js';
import { withFileLock } from './file-lock.js';
import { keepAlive } from './keep-alive.js';
import { launchServer } from './launch-server.js';
import { LOOPBACK } from './ports.js';
import { addressOf, livingUsers, openServerFolder, readState, registerUser } from './server-folder.js';
import type { ServerFolder, ServerState, Use } from './server-folder.js';
import { stopServer } from './server-process.js';
import type { OnStep } from './step.js';

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
  const { dir, namespace = 'default', dbFile, ...others } = options;
  const data = dbFile === undefined ? {} : { dbFile: resolve(dbFile) };
  const wish: ServerWish = { ...others, ...data, namespace, log };
  const folder = await openServerFolder(dir);
  const onWait = (): void => {
    log({ message: 'Waiting for another process that is starting or stopping the local Temporal server' });
  };
  return withFileLock(
    folder.lockFile,
    async () => {
      const found = await adoptServer(folder, wish);
      const state = found ?? (await launchServer(folder, wish));
      return serverHandle(folder, { state, owned: found === null, wish });
    },
    { onWait },
  );
}

type Joined = { readonly state: ServerState; readonly owned: boolean; readonly wish: ServerWish };

async function serverHandle(
  folder: ServerFolder,
  { state: first, owned, wish }: Joined,
): Promise<EmbeddedServer> {
  const use = await registerUser(folder);
  let state = first;
  let released: Promise<void> | null = null;
  const restart = async (): Promise<void> => {
    // Its clients go on where they were, so the successor must have its address.
    const { port, uiPort, dbFile } = state;
    const same: ServerWish = {
      ...wish,
      port,
      dbFile,
      ...(uiPort === null ? { headless: true } : { uiPort }),
    };
    await withFileLock(folder.lockFile, async () => {
      if (released === null) state = (await adoptServer(folder, same)) ?? (await launchServer(folder, same));
    });
  };
  // A process that exits without having released, for instance at a second Ctrl-C, must not leave a server behind.
  const onExit = (): void => {
    if (!use.endAtExit().hasOthers) killQuietly(state.pid);
  };
  process.once('exit', onExit);
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
      released ??= withFileLock(folder.lockFile, () => leave(folder, use)).finally(() =>
        process.off('exit', onExit),
      );
      return released;
    },
  };
}

async function leave(folder: ServerFolder, use: Use): Promise<void> {
  await use.end();
  if ((await livingUsers(folder)).length > 0) return;
  // Not the state at the start: another process may have replaced the server since.
  const state = await readState(folder);
  if (state === null) return;
  await stopServer(state.pid, state.dbFile);
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It is gone already.
  }
}
