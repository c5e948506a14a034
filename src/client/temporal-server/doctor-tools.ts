import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { failure, fine, warning } from './finding.js';
import type { Finding } from './finding.js';
import { findTemporalCli, findTestServer } from './locate.js';
import type { LocatedTool, LocateOptions } from './locate.js';
import { reasonOf, ServerError } from './server-error.js';
import { describeTool } from './setup.js';

type Program = { readonly name: string; readonly command: string; readonly args: readonly string[] };

const GO: Program = { name: 'Go', command: 'go', args: ['version'] };
const MAVEN: Program = { name: 'Maven', command: 'mvn', args: ['--version'] };

const SETUP = 'Run "sluice setup" now, or leave it to the first run.';

export async function checkTemporalCli(options: LocateOptions): Promise<Finding> {
  const check = 'temporal_cli';
  return found(
    check,
    'Temporal CLI',
    () => findTemporalCli(options),
    async () =>
      (await missingOf([GO], options.env)).length === 0
        ? warning(check, 'The Temporal CLI is not here yet: it will be downloaded, or built with Go.', SETUP)
        : warning(
            check,
            'The Temporal CLI is not here yet and will be downloaded; Go, to build it where that is blocked, is missing.',
            `${SETUP} If the download is blocked, install Go 1.21 or later, or let SLUICE_TEMPORAL_CLI name the executable.`,
          ),
  );
}

export async function checkTestServer(options: LocateOptions): Promise<Finding> {
  const check = 'test_server';
  const missing = await missingOf([java(options.env), MAVEN], options.env);
  const finding = await found(
    check,
    'Temporal test server',
    () => findTestServer(options),
    () => {
      if (missing.length === 0) {
        return warning(
          check,
          'The Temporal test server is not here yet: tests with time skipping need it.',
          SETUP,
        );
      }
      return warning(
        check,
        `The Temporal test server, for tests with time skipping, is not here yet and will be downloaded; ${missing.join(' and ')}, to get it where that is blocked, is missing.`,
        `${SETUP} If the download is blocked, install ${missing.join(' and ')}, or let SLUICE_TEMPORAL_TEST_SERVER name the executable.`,
      );
    },
  );
  // What was downloaded runs by itself; what Maven fetched are jars.
  if (finding.ok && missing.includes('Java') && (await isMadeOfJars(options))) {
    return failure(
      check,
      'The Temporal test server here needs Java, which is not on PATH.',
      'Install Java 11 or later.',
    );
  }
  return finding;
}

async function found(
  check: string,
  name: string,
  look: () => Promise<LocatedTool | null>,
  absent: () => Finding | Promise<Finding>,
): Promise<Finding> {
  try {
    const tool = await look();
    return tool === null ? await absent() : fine(check, `${name}: ${describeTool(tool)}`);
  } catch (error) {
    const fix = error instanceof ServerError ? error.hint : 'Run "sluice setup".';
    return failure(check, reasonOf(error), fix);
  }
}

/** The Java that the test server's start script takes. */
function java(env: NodeJS.ProcessEnv = process.env): Program {
  const home = env['JAVA_HOME'] ?? '';
  return { name: 'Java', command: home === '' ? 'java' : join(home, 'bin', 'java'), args: ['-version'] };
}

/** Names of the programs that do not run here. */
async function missingOf(
  programs: readonly Program[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<readonly string[]> {
  const runs = await Promise.all(
    programs.map(({ command, args }) =>
      execa(command, args, { reject: false, timeout: 10_000, extendEnv: false, env }),
    ),
  );
  return programs.filter((_, index) => runs[index]?.failed !== false).map(({ name }) => name);
}

async function isMadeOfJars(options: LocateOptions): Promise<boolean> {
  const tool = await findTestServer(options);
  return tool !== null && existsSync(join(dirname(tool.path), 'lib'));
}
