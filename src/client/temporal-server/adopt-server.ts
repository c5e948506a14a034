import { isHealthy, addNamespace } from './server-readiness.js';
import { addressOf, dataOf, livingUsers, readState } from './server-folder.js';
import type { ServerFolder, ServerState } from './server-folder.js';
import { findServersOf, isServerOf, stopServer } from './server-process.js';
import { ServerError } from './server-error.js';
import type { OnStep } from './step.js';

/** What a server is wanted for. What is not given may be anything. */
export type ServerWish = {
  readonly namespace: string;
  readonly port?: number;
  readonly uiPort?: number;
  readonly headless?: boolean;
  /** Absolute. */
  readonly dbFile?: string;
  readonly cli?: string;
  readonly log: OnStep;
};

const DEFAULT_NAMESPACE = 'default';
const BUSY_ANSWER_MS = 15_000;
const IDLE_ANSWER_MS = 4_000;
/** What does not answer will hardly obey; its data survives a SIGKILL. */
const DEAF_GRACE_MS = 1_000;

/** The server that runs for this folder and fits the wish; null when there is none (any more). */
export async function adoptServer(folder: ServerFolder, wish: ServerWish): Promise<ServerState | null> {
  const state = await readState(folder);
  if (state !== null && (await isServerOf(state.pid, state.dbFile))) {
    const users = await livingUsers(folder);
    const differs = differencesOf(state, wish);
    if (users.length > 0 && isOtherData(state, wish)) throw otherData(state, users);
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
  const dbFile = dataOf(folder, wish);
  for (const pid of await findServersOf(dbFile)) await stopServer(pid, dbFile);
  return null;
}

function differencesOf(state: ServerState, wish: ServerWish): readonly string[] {
  const { port, uiPort } = wish;
  return [
    ...(isOtherData(state, wish) ? [`its data is ${state.dbFile}`] : []),
    ...(port === undefined || port === state.port ? [] : [`its port is ${state.port}, not ${port}`]),
    ...(uiPort === undefined || uiPort === state.uiPort
      ? []
      : [
          state.uiPort === null ? 'it has no Web UI' : `its Web UI is on port ${state.uiPort}, not ${uiPort}`,
        ]),
  ];
}

function isOtherData(state: ServerState, { dbFile }: ServerWish): boolean {
  return dbFile !== undefined && dbFile !== state.dbFile;
}

function otherData(state: ServerState, users: readonly number[]): ServerError {
  return new ServerError(`A Temporal server with the data ${state.dbFile} serves this folder already.`, {
    code: 'folder_unusable',
    hint: `End the processes that use it first (${users.join(', ')}), or leave the choice of a data file out to join it.`,
  });
}
