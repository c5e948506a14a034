import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import envPaths from 'env-paths';

/**
 * - `environment`: named by an environment variable.
 * - `path`: found on PATH.
 * - `cache`: fetched or built earlier.
 * - `download`: downloaded just now from Temporal's own host.
 * - `build`: made just now from the sources (Go) or the released jars (Maven).
 */
export type ToolSource = 'environment' | 'path' | 'cache' | 'download' | 'build';

/** A program that Sluice needs beside Node: where to look for it and how it is called where. */
export type Tool = {
  readonly name: string;
  readonly version: string;
  /** The environment variable that may name the executable. */
  readonly variable: string;
  /** The command to look for on PATH, where a release of it is installed that way. */
  readonly command: string | null;
  /** Folder and file in the cache. */
  readonly folder: string;
  readonly file: string;
  /** The name under which Temporal's download host knows it. */
  readonly artifact: string;
};

const EXE = process.platform === 'win32' ? '.exe' : '';

export const TEMPORAL_CLI: Tool = {
  name: 'Temporal CLI',
  version: '1.5.1',
  variable: 'SLUICE_TEMPORAL_CLI',
  command: `temporal${EXE}`,
  folder: 'temporal-cli-1.5.1',
  file: `temporal${EXE}`,
  artifact: 'cli',
};

export const TEST_SERVER: Tool = {
  name: 'Temporal test server',
  version: '1.38.0',
  variable: 'SLUICE_TEMPORAL_TEST_SERVER',
  command: null,
  folder: 'temporal-test-server-1.38.0',
  file: `temporal-test-server${EXE}`,
  artifact: 'temporal-test-server',
};

/** Where fetched programs are kept for every checkout and project of this user. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const xdg = env['XDG_CACHE_HOME'];
  // env-paths reads the environment once, when it is loaded; a given environment must win over that.
  if (process.platform === 'linux' && xdg !== undefined && xdg !== '') return join(xdg, 'sluice');
  return envPaths('sluice', { suffix: '' }).cache;
}

/** The folder shipped with the package that pins what is built: `tools/<name>`. */
export function recipeFolder(name: 'temporal-cli' | 'test-server'): string {
  return fileURLToPath(new URL(`../../../tools/${name}`, import.meta.url));
}
