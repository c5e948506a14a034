import { existsSync } from 'node:fs';
import { type ConnectionSettings, loadConnectionSettings } from '../../../worker/connection.js';
import { type EmbeddedServer, startEmbeddedServer } from '../../temporal-server/embedded-server.js';
import { isPortOpen, LOOPBACK } from '../../temporal-server/ports.js';
import { readState, serverFolder } from '../../temporal-server/server-folder.js';
import { isHealthy } from '../../temporal-server/server-readiness.js';
import type { CliContext } from '../context.js';
import { CliError, EXIT } from '../errors.js';
import type { ConnectionFlags } from './connection-options.js';

const DEFAULT_PORT = 7233;
const QUICK_ANSWER_MS = 2000;

/**
 * - `configured`: somebody named it, by flag, environment or profile.
 * - `local`: found on this machine's default port.
 * - `embedded`: kept in the project's `.sluice` folder, and started when it does not run.
 */
export type ServerKind = 'configured' | 'local' | 'embedded';

export type FoundServer = {
  readonly kind: ServerKind;
  readonly settings: ConnectionSettings;
  /** Of the Web UI; undefined where none is known. */
  readonly uiUrl: string | undefined;
  /** Ends the use of an embedded server; does nothing for others. */
  release(): Promise<void>;
};

export type FindServerOptions = {
  readonly flags: ConnectionFlags;
  /** The project's folder. */
  readonly home: string;
  /** False: an embedded server is only started when the project has runs already. */
  readonly mayCreate: boolean;
};

/** The server that a command talks to. Throws, with exit code 3, when there is none. */
export async function findServer(cli: CliContext, options: FindServerOptions): Promise<FoundServer> {
  const settings = loadConnectionSettings({ ...options.flags, env: cli.env });
  if (settings.configured) return foundServer('configured', settings, await findUi(settings));
  if (await hasRunningServer(options.home)) return embedded(cli, options, settings);
  if (await isLocalServer()) {
    const local = at(settings, `${LOOPBACK}:${DEFAULT_PORT}`);
    return foundServer('local', local, await findUi(local));
  }
  if (options.mayCreate || existsSync(serverFolder(options.home).dbFile))
    return embedded(cli, options, settings);
  throw new CliError('No Temporal server is configured, none runs here, and this project has no runs yet.', {
    code: 'temporal_unreachable',
    exitCode: EXIT.unreachable,
    hint: 'Start a pipeline with "sluice run FILE", or a server with "sluice dev", or set TEMPORAL_ADDRESS.',
  });
}

function foundServer(kind: ServerKind, settings: ConnectionSettings, uiUrl: string | undefined): FoundServer {
  return { kind, settings, uiUrl, release: () => Promise.resolve() };
}

async function embedded(
  cli: CliContext,
  { home }: FindServerOptions,
  settings: ConnectionSettings,
): Promise<FoundServer> {
  const server: EmbeddedServer = await startEmbeddedServer({
    dir: home,
    namespace: settings.namespace,
    log: ({ message }) => cli.note(cli.colours.stderr.dim(message)),
  });
  return {
    kind: 'embedded',
    settings: at(settings, server.address),
    uiUrl: server.uiUrl ?? undefined,
    release: server.release,
  };
}

function at(settings: ConnectionSettings, address: string): ConnectionSettings {
  return { ...settings, connectionOptions: { ...settings.connectionOptions, address } };
}

async function hasRunningServer(home: string): Promise<boolean> {
  const state = await readState(serverFolder(home));
  if (state === null || !(await isPortOpen(state.port))) return false;
  return isHealthy(`${LOOPBACK}:${state.port}`, QUICK_ANSWER_MS);
}

async function isLocalServer(): Promise<boolean> {
  if (!(await isPortOpen(DEFAULT_PORT))) return false;
  return isHealthy(`${LOOPBACK}:${DEFAULT_PORT}`, QUICK_ANSWER_MS);
}

/** The Web UI of a development server listens a thousand ports above it. */
async function findUi({ connectionOptions }: ConnectionSettings): Promise<string | undefined> {
  const [, host = '', port = ''] = /^(localhost|127\.0\.0\.1):(\d+)$/.exec(connectionOptions.address) ?? [];
  if (host === '') return undefined;
  const url = `http://${host}:${Number(port) + 1000}`;
  try {
    const answer = await fetch(`${url}/api/v1/settings`, { signal: AbortSignal.timeout(500) });
    return answer.ok ? url : undefined;
  } catch {
    return undefined;
  }
}
