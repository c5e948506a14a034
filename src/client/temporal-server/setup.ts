import { ensureTemporalCli, ensureTestServer, versionOf } from './locate.js';
import type { LocatedTool, LocateOptions, OnStep } from './locate.js';
import type { ToolSource } from './tools.js';

/** Where a tool is and where it came from. `version` is null when it does not say. */
export type ToolReport = {
  readonly path: string;
  readonly source: ToolSource;
  readonly version: string | null;
};

export type SetupReport = { readonly temporal_cli: ToolReport; readonly test_server: ToolReport };

export type SetupOptions = Omit<LocateOptions, 'onStep'> & { readonly onStep: OnStep };

/**
 * Gets everything that local runs and tests need and that is not there yet, one after the other. Throws a `ServerError`
 * that names what to install when something cannot be had.
 */
export async function runSetup(options: SetupOptions): Promise<SetupReport> {
  const cli = await ensureTemporalCli(options);
  options.onStep({ message: `Temporal CLI: ${describeTool(cli)}` });
  const testServer = await ensureTestServer(options);
  options.onStep({ message: `Temporal test server: ${describeTool(testServer)}` });
  return {
    temporal_cli: { path: cli.path, source: cli.source, version: cli.version ?? (await versionOf(cli.path)) },
    test_server: { path: testServer.path, source: testServer.source, version: testServer.version ?? null },
  };
}

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
