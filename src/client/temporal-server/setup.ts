import { ensureTemporalCli, ensureTestServer, versionOf } from './locate.js';
import type { LocatedTool, LocateOptions } from './locate.js';
import type { OnStep } from './step.js';
import { TEMPORAL_CLI, TEST_SERVER } from './tools.js';
import type { ToolSource } from './tools.js';

/** Where a tool is and where it came from. `version` is null when it does not say. */
export type ToolReport = {
  readonly path: string;
  readonly source: ToolSource;
  readonly version: string | null;
};

const ENSURE = { temporal_cli: ensureTemporalCli, test_server: ensureTestServer } as const;

export type ToolName = keyof typeof ENSURE;

/** One entry for each tool that was asked for. */
export type SetupReport = Readonly<Partial<Record<ToolName, ToolReport>>>;

export type SetupOptions = Omit<LocateOptions, 'onStep'> & {
  readonly onStep: OnStep;
  /** `test_server` is needed by tests with time skipping only. @default all */
  readonly tools?: readonly ToolName[];
};

/**
 * Gets everything that local runs and tests need and that is not there yet, one after the other. Throws a `ServerError`
 * that names what to install when something cannot be had.
 */
export async function runSetup({
  tools = ['temporal_cli', 'test_server'],
  ...options
}: SetupOptions): Promise<SetupReport> {
  const report: Partial<Record<ToolName, ToolReport>> = {};
  for (const name of tools) {
    const tool = await ENSURE[name](options);
    options.onStep({ message: `${TITLES[name]}: ${describeTool(tool)}` });
    const version = tool.version ?? (name === 'temporal_cli' ? await versionOf(tool.path) : null);
    report[name] = { path: tool.path, source: tool.source, version };
  }
  return report;
}

const TITLES: Readonly<Record<ToolName, string>> = {
  temporal_cli: TEMPORAL_CLI.name,
  test_server: TEST_SERVER.name,
};

const SOURCE_WORDS: Readonly<Record<ToolSource, string>> = {
  environment: 'named by an environment variable',
  path: 'found on PATH',
  cache: 'in the cache',
  download: 'downloaded',
  build: 'made here',
};

/** A tool in words: path, version and where it came from. */
export function describeTool(tool: LocatedTool): string {
  const version = tool.version === undefined ? '' : ` ${tool.version}`;
  return `${tool.path}${version} (${SOURCE_WORDS[tool.source]})`;
}
