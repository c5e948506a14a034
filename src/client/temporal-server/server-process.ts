import { spawn } from 'node:child_process';
import { open, readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SEARCH_ATTRIBUTE } from '../../shared/names.js';
import { commandLineOf, findProcesses, startOf } from './processes.js';
import { isPortOpen, LOOPBACK } from './ports.js';
import { prepareServer } from './server-readiness.js';
import type { ServerFolder } from './server-folder.js';
import { ServerError } from './server-error.js';

export type ServerLaunch = {
  /** The Temporal CLI. */
  readonly cli: string;
  readonly port: number;
  /** null: no Web UI. */
  readonly uiPort: number | null;
  readonly dbFile: string;
  readonly namespace: string;
};

/** A server that was just spawned: it may not answer yet, and may never. */
export type SpawnedServer = {
  readonly pid: number;
  /** Where in the log file this server's own lines begin. */
  readonly logOffset: number;
  /** Aborted once the process has ended. */
  readonly ended: AbortSignal;
};

/**
 * Settings that make the development server fast and complete: by default it looks for new tasks only twenty times a
 * second, which costs a chain of stages 100 ms each, and it takes no notice of priorities and fairness.
 */
const DYNAMIC_CONFIG = [
  'history.transferProcessorMaxPollRPS=2000',
  'system.enableActivityEagerExecution=true',
  'matching.useNewMatcher=true',
  'matching.enableFairness=true',
];

/** By default SQLite waits for the disk at every commit. With these, only a power cut can lose the last moments. */
const SQLITE_PRAGMAS = ['journal_mode=WAL', 'synchronous=NORMAL'];

const READY_WITHIN_MS = 60_000;
const POLL_MS = 25;
const STOP_GRACE_MS = 8_000;
const LOG_LIMIT_BYTES = 5_000_000;
const TAIL_LINES = 8;

/**
 * Starts the server in a process group of its own, so that Ctrl-C in the terminal ends the command but not the server
 * before the command is done with it.
 */
export async function spawnServer(folder: ServerFolder, launch: ServerLaunch): Promise<SpawnedServer> {
  const logSize = await stat(folder.logFile).then(
    (found) => found.size,
    () => 0,
  );
  const isLong = logSize > LOG_LIMIT_BYTES;
  const log = await open(folder.logFile, isLong ? 'w' : 'a');
  const ended = new AbortController();
  try {
    // Its output goes straight to the file: through a pipe of this process it would end with this process.
    const server = spawn(launch.cli, argumentsOf(launch), {
      detached: true,
      env: withoutTemporalSettings(process.env),
      cwd: folder.path,
      stdio: ['ignore', log.fd, log.fd],
      windowsHide: true,
    });
    const failure = new Promise<Error>((resolve) => server.once('error', resolve));
    server.once('exit', () => {
      ended.abort();
    });
    server.unref();
    if (server.pid === undefined) throw cannotStart(launch, (await failure).message);
    return { pid: server.pid, logOffset: isLong ? 0 : logSize, ended: ended.signal };
  } finally {
    await log.close();
  }
}

/** Waits until the server serves the namespace. Throws with the end of its log when it dies or takes too long. */
export async function waitUntilReady(
  server: SpawnedServer,
  folder: ServerFolder,
  launch: ServerLaunch,
): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await isPortOpen(launch.port))) {
    if (server.ended.aborted) throw await cannotServe('ended while it was starting', server, folder);
    if (Date.now() > deadline)
      throw await cannotServe(`did not answer within ${READY_WITHIN_MS / 1000} s`, server, folder);
    await sleep(POLL_MS);
  }
  const settings = { namespace: launch.namespace, deadline, signal: server.ended };
  try {
    await prepareServer(`${LOOPBACK}:${launch.port}`, settings);
  } catch (error) {
    const what = server.ended.aborted
      ? 'ended while it was starting'
      : `did not get ready (${(error as Error).message})`;
    throw await cannotServe(what, server, folder);
  }
}

/** True when the process is a Temporal server on this database file, and not another that was given its number. */
export async function isServerOf(pid: number, dbFile: string): Promise<boolean> {
  const commandLine = await commandLineOf(pid);
  return commandLine !== null && isServerCommand(commandLine, dbFile);
}

/** Servers on this database file that run, recorded or not. */
export async function findServersOf(dbFile: string): Promise<readonly number[]> {
  return findProcesses((commandLine) => isServerCommand(commandLine, dbFile));
}

/** Ends the server and waits until it is gone: SIGTERM first, SIGKILL after a grace. Leaves other programs alone. */
export async function stopServer(pid: number, dbFile: string, graceMs = STOP_GRACE_MS): Promise<void> {
  if (!(await isServerOf(pid, dbFile))) return;
  const start = await startOf(pid);
  // Not by its command line, which the system takes away from a process well before its end.
  const isThere = async (): Promise<boolean> => start !== null && (await startOf(pid)) === start;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!(await isThere())) return;
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const deadline = Date.now() + graceMs;
    while (Date.now() < deadline && (await isThere())) await sleep(POLL_MS);
  }
}

function isServerCommand(commandLine: string, dbFile: string): boolean {
  return (
    commandLine.includes(' server start-dev ') && `${commandLine} `.includes(` --db-filename ${dbFile} `)
  );
}

function argumentsOf(launch: ServerLaunch): readonly string[] {
  const lists = new Set<string>([SEARCH_ATTRIBUTE.labels, SEARCH_ATTRIBUTE.failedStages]);
  const ui = launch.uiPort === null ? ['--headless'] : ['--ui-port', String(launch.uiPort)];
  const data = ['--db-filename', launch.dbFile, '--namespace', launch.namespace];
  return [
    'server',
    'start-dev',
    '--ip',
    LOOPBACK,
    '--port',
    String(launch.port),
    '--log-level',
    'warn',
  ].concat(
    ui,
    data,
    SQLITE_PRAGMAS.flatMap((pragma) => ['--sqlite-pragma', pragma]),
    DYNAMIC_CONFIG.flatMap((value) => ['--dynamic-config-value', value]),
    Object.values(SEARCH_ATTRIBUTE).flatMap((name) => [
      '--search-attribute',
      `${name}=${lists.has(name) ? 'KeywordList' : 'Keyword'}`,
    ]),
  );
}

/** The server's program reads TEMPORAL_* too, and would take another server's address or log level for its own. */
function withoutTemporalSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

function cannotStart(launch: ServerLaunch, reason: string): ServerError {
  return new ServerError(`The Temporal CLI "${launch.cli}" cannot be started. ${reason}`.trim(), {
    code: 'server_failed',
    hint: 'Run "sluice doctor" to see which one is used and why.',
  });
}

async function cannotServe(what: string, server: SpawnedServer, folder: ServerFolder): Promise<ServerError> {
  const log = await readFile(folder.logFile).catch(() => Buffer.alloc(0));
  const tail = log
    .subarray(server.logOffset)
    .toString('utf8')
    .trim()
    .split('\n')
    .slice(-TAIL_LINES)
    .join('\n');
  return new ServerError(
    `The local Temporal server ${what}.${tail === '' ? '' : ` The end of its log:\n${tail}`}`,
    {
      code: 'server_failed',
      hint: `Its log is ${folder.logFile}. Where its data is damaged, move ${folder.dbFile} away and start again.`,
    },
  );
}
