import { access, constants, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { withFileLock } from './file-lock.js';
import { reasonOf, ServerError } from './server-error.js';
import { whileSaying } from './step.js';
import type { OnStep } from './step.js';
import { cacheFolder, TEMPORAL_CLI, TEST_SERVER } from './tools.js';
import type { Tool, ToolSource } from './tools.js';

export type LocatedTool = { readonly path: string; readonly source: ToolSource; readonly version?: string };

export type LocateOptions = {
  readonly onStep?: OnStep;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** @default the user's cache folder */
  readonly cacheDir?: string;
  /** The ways to fetch, replaced in tests. Each fills a folder with the tool's file. */
  readonly fetchers?: Fetchers;
};

type Fetch = (folder: string, onStep: OnStep) => Promise<void>;
export type Fetchers = { readonly download: Fetch; readonly build: Fetch };

/** Looks for the Temporal CLI: `SLUICE_TEMPORAL_CLI`, PATH, the cache. Fetches nothing; null when there is none. */
export async function findTemporalCli(options: LocateOptions = {}): Promise<LocatedTool | null> {
  return find(TEMPORAL_CLI, options);
}

/** Looks for the test server: `SLUICE_TEMPORAL_TEST_SERVER`, the cache. Fetches nothing; null when there is none. */
export async function findTestServer(options: LocateOptions = {}): Promise<LocatedTool | null> {
  return find(TEST_SERVER, options);
}

/**
 * Finds the Temporal CLI or gets it: the official download, else a build from source with Go. What was fetched once is
 * kept in the cache; of several processes at once one fetches and the others wait.
 * Throws a {@link ServerError} that says what to install when nothing works.
 */
export async function ensureTemporalCli(options: LocateOptions = {}): Promise<LocatedTool> {
  return ensure(
    TEMPORAL_CLI,
    {
      download: download(TEMPORAL_CLI),
      build: async (...args) => (await import('./build.js')).buildTemporalCli(...args),
    },
    options,
  );
}

/** Like {@link ensureTemporalCli} for the time-skipping test server, whose second way is Maven and Java. */
export async function ensureTestServer(options: LocateOptions = {}): Promise<LocatedTool> {
  return ensure(
    TEST_SERVER,
    {
      download: download(TEST_SERVER),
      build: async (...args) => (await import('./build.js')).buildTestServer(...args),
    },
    options,
  );
}

/** What gets a tool is loaded by those who lack it. */
function download(tool: Tool): Fetch {
  return async (folder) => (await import('./download.js')).downloadTool(tool, folder);
}

async function find(tool: Tool, options: LocateOptions): Promise<LocatedTool | null> {
  const env = options.env ?? process.env;
  return (
    (await fromEnvironment(tool, env)) ??
    (await fromPath(tool, env, options.onStep)) ??
    fromCache(tool, options)
  );
}

async function fromEnvironment(tool: Tool, env: NodeJS.ProcessEnv): Promise<LocatedTool | null> {
  const path = env[tool.variable];
  if (path === undefined || path === '') return null;
  if (await isExecutable(path)) return { path, source: 'environment' };
  throw new ServerError(`${tool.variable} is \`${path}\`, which is not an executable file.`, {
    code: 'tool_missing',
    hint: `Let ${tool.variable} name the executable of the ${tool.name}, or unset it to have one found or fetched.`,
  });
}

async function fromPath(tool: Tool, env: NodeJS.ProcessEnv, onStep?: OnStep): Promise<LocatedTool | null> {
  if (tool.command === null) return null;
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, tool.command);
    if (!isAbsolute(path) || !(await isExecutable(path))) continue;
    const version = await versionOf(path);
    if (version !== null) return { path, source: 'path', version };
    onStep?.({ message: `Passing over ${path}: it does not answer to --version as the ${tool.name} does` });
  }
  return null;
}

async function fromCache(tool: Tool, options: LocateOptions): Promise<LocatedTool | null> {
  const path = join(cacheOf(options), tool.folder, tool.file);
  return (await isExecutable(path)) ? { path, source: 'cache', version: tool.version } : null;
}

async function ensure(tool: Tool, fetchers: Fetchers, options: LocateOptions): Promise<LocatedTool> {
  const found = await find(tool, options);
  if (found !== null) return found;
  const onStep = options.onStep ?? (() => undefined);
  const cache = cacheOf(options);
  await mkdir(cache, { recursive: true });
  const onWait = (pid: number | null): void => {
    onStep({
      message: `Waiting for another process${pid === null ? '' : ` (${pid})`} that is getting the ${tool.name}`,
    });
  };
  const work = async (): Promise<LocatedTool> =>
    (await fromCache(tool, options)) ?? fetchInto(cache, { tool, onStep, ...(options.fetchers ?? fetchers) });
  return withFileLock(join(cache, `${tool.folder}.lock`), work, { onWait });
}

type FetchPlan = Fetchers & { readonly tool: Tool; readonly onStep: OnStep };

/** Fetches into a folder of its own beside the target, which only a complete tool ever becomes. */
async function fetchInto(cache: string, plan: FetchPlan): Promise<LocatedTool> {
  const { tool, onStep } = plan;
  await removeLeftovers(cache, tool);
  const folder = await mkdtemp(join(cache, draftPrefix(tool)));
  const startedAt = Date.now();
  try {
    const source = await fetchAnyhow(folder, plan);
    const target = join(cache, tool.folder);
    await rm(target, { recursive: true, force: true });
    await rename(folder, target);
    onStep({
      message: `The ${tool.name} is ready after ${Math.ceil((Date.now() - startedAt) / 1000)} s, kept in ${target}`,
    });
    return { path: join(target, tool.file), source, version: tool.version };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function draftPrefix(tool: Tool): string {
  return `.${tool.folder}-`;
}

/** What a process that was killed had fetched so far. Nobody else fetches now: the lock is held. */
async function removeLeftovers(cache: string, tool: Tool): Promise<void> {
  const left = (await readdir(cache)).filter((name) => name.startsWith(draftPrefix(tool)));
  await Promise.all(left.map((name) => rm(join(cache, name), { recursive: true, force: true })));
}

async function fetchAnyhow(
  folder: string,
  { tool, onStep, download, build }: FetchPlan,
): Promise<ToolSource> {
  onStep({ message: `Downloading the ${tool.name} ${tool.version}` });
  let noDownload: string;
  try {
    await whileSaying(onStep, `Still downloading the ${tool.name}`, () => download(folder, onStep));
    if (await isExecutable(join(folder, tool.file))) return 'download';
    noDownload = 'the archive lacks the program';
  } catch (error) {
    noDownload = reasonOf(error);
  }
  onStep({ message: `No download (${noDownload}): making it here instead` });
  try {
    await rm(folder, { recursive: true });
    await mkdir(folder);
    await build(folder, onStep);
    return 'build';
  } catch (error) {
    throw cannotGet(tool, noDownload, error);
  }
}

function cannotGet(tool: Tool, noDownload: string, error: unknown): ServerError {
  const needs = tool === TEST_SERVER ? 'Java 11 or later and Maven' : 'Go 1.21 or later';
  const missing = (error as { readonly code?: unknown }).code === 'ENOENT';
  const noBuild = missing ? `${needs} not found on PATH` : lastLines(error);
  return new ServerError(
    `The ${tool.name} could not be had. Download: ${noDownload}. Making it here: ${noBuild}.`,
    {
      code: 'tool_missing',
      hint: `Allow https://temporal.download, or install ${needs} with access to its packages, or let ${tool.variable} name an executable.`,
      cause: error,
    },
  );
}

/** A failed build's last words are the ones that say why. */
function lastLines(error: unknown): string {
  const { stderr, stdout, shortMessage } = error as Readonly<Record<string, unknown>>;
  const output = [stderr, stdout].find((text) => typeof text === 'string' && text.trim() !== '');
  if (typeof output !== 'string') return typeof shortMessage === 'string' ? shortMessage : reasonOf(error);
  return output.trim().split('\n').slice(-4).join('\n');
}

/** The version that a Temporal CLI reports, or null when the program is something else or does not run here. */
export async function versionOf(path: string): Promise<string | null> {
  const { execa } = await import('execa');
  const { stdout } = await execa(path, ['--version'], { reject: false, timeout: 10_000 });
  return /^temporal version (\S+)/.exec(stdout)?.[1] ?? null;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function cacheOf(options: LocateOptions): string {
  return options.cacheDir ?? cacheFolder(options.env ?? process.env);
}
