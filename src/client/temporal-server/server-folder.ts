import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import {
  access,
  constants,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';
import { LOOPBACK } from './ports.js';
import { startOf } from './processes.js';
import { ServerError } from './server-error.js';

/** The `.sluice` folder of a project: the server's data, log and state, and a file for each process that uses it. */
export type ServerFolder = {
  readonly path: string;
  readonly dbFile: string;
  readonly logFile: string;
  readonly lockFile: string;
  readonly stateFile: string;
  readonly users: string;
};

const serverState = z.object({
  pid: z.int().positive(),
  port: z.int().positive(),
  uiPort: z.int().positive().nullable(),
  dbFile: z.string(),
  startedBy: z.int().positive(),
  startedAt: z.string(),
});

/** What `.sluice/server.json` says of the server that was started last. */
export type ServerState = Readonly<z.infer<typeof serverState>>;

/** Where everything lies for a project, without creating anything. */
export function serverFolder(dir: string): ServerFolder {
  const path = join(dir, '.sluice');
  return {
    path,
    dbFile: join(path, 'temporal.db'),
    logFile: join(path, 'temporal.log'),
    lockFile: join(path, 'server.lock'),
    stateFile: join(path, 'server.json'),
    users: join(path, 'users'),
  };
}

/** Creates the folder, which keeps itself out of version control. */
export async function openServerFolder(dir: string): Promise<ServerFolder> {
  try {
    // Two names of one folder must lead to one server.
    const folder = serverFolder(await realpath(dir));
    await mkdir(folder.users, { recursive: true });
    await access(folder.path, constants.W_OK);
    await writeFile(join(folder.path, '.gitignore'), '*\n', { flag: 'wx' }).catch(ignoreExisting);
    return folder;
  } catch (error) {
    throw new ServerError(
      `The folder "${join(dir, '.sluice')}" cannot be written: ${(error as Error).message}`,
      {
        code: 'folder_unusable',
        hint: 'Choose a folder that exists and that you may write to, or set TEMPORAL_ADDRESS to use a server elsewhere.',
        cause: error,
      },
    );
  }
}

/** The recorded server; null when there is none or the file is damaged. */
export async function readState(folder: ServerFolder): Promise<ServerState | null> {
  try {
    return serverState.parse(JSON.parse(await readFile(folder.stateFile, 'utf8')));
  } catch {
    return null;
  }
}

/** Replaces the state in one step, so that a reader never sees half of it. */
export async function writeState(folder: ServerFolder, state: ServerState): Promise<void> {
  const draft = `${folder.stateFile}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(state, null, 2)}\n`);
  await rename(draft, folder.stateFile);
}

/** Forgets a server that never served. */
export async function removeState(folder: ServerFolder): Promise<void> {
  await rm(folder.stateFile, { force: true });
}

export function addressOf(state: ServerState): string {
  return `${LOOPBACK}:${state.port}`;
}

/** The database file: the one that was asked for, else the folder's own. */
export function dataOf(folder: ServerFolder, wish: { readonly dbFile?: string }): string {
  return wish.dbFile ?? folder.dbFile;
}

/** A noted use of the server by this process. */
export type Use = {
  /** May be called again. */
  readonly end: () => Promise<void>;
  /** For a process that is exiting: ends the use at once and tells whether other uses are noted. */
  readonly endAtExit: () => { readonly hasOthers: boolean };
};

/** Notes this process as a user of the server. */
export async function registerUser(folder: ServerFolder): Promise<Use> {
  const file = join(folder.users, `${process.pid}-${randomUUID().slice(0, 8)}`);
  await writeFile(file, String(await startOf(process.pid)));
  return {
    end: () => rm(file, { force: true }),
    endAtExit: () => {
      rmSync(file, { force: true });
      return { hasOthers: readdirSync(folder.users).length > 0 };
    },
  };
}

/** Pids of the users that live, one for each use; the files of dead ones are removed. */
export async function livingUsers(folder: ServerFolder): Promise<readonly number[]> {
  const living: number[] = [];
  for (const name of await readdir(folder.users)) {
    const pid = Number.parseInt(name, 10);
    const file = join(folder.users, name);
    const start = await readFile(file, 'utf8').catch(() => null);
    if (start !== null && Number.isInteger(pid) && (await startOf(pid)) === start) living.push(pid);
    else await rm(file, { force: true });
  }
  return living;
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
