import { fileURLToPath } from 'node:url';
import { execa, type Options } from 'execa';
import { runCli } from './run-cli.js';

const CLI = fileURLToPath(new URL('../../dist/client/cli/main.js', import.meta.url));

/** Variables of the machine that would choose a server for the command. */
const NO_SERVER = { TEMPORAL_ADDRESS: undefined, TEMPORAL_PROFILE: undefined, TEMPORAL_NAMESPACE: undefined };

/** Runs the built command as a process of its own. */
export function sluice(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return execa('node', [CLI, ...args], {
    cwd,
    reject: false,
    env: { ...NO_SERVER, ...env },
  } satisfies Options);
}

/** Runs a command in this process, which costs a tenth of a process of its own. */
export async function sluiceHere(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const { exitCode, stdout, stderr } = await runCli(args, {
    cwd,
    env: { ...process.env, ...NO_SERVER, ...env },
  });
  return { exitCode, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
}
