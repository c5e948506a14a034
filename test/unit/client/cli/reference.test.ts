import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createSession } from '../../../../src/client/cli/context.js';
import { createProgram } from '../../../../src/client/cli/program.js';
import { PassThrough } from 'node:stream';
import { runCli } from '../../../support/run-cli.js';

const REFERENCE = fileURLToPath(new URL('../../../../docs/reference/cli.md', import.meta.url));
const HELP_BLOCK = /```text\nUsage: sluice (\S+)[^]*?```/g;

function commandNames(): readonly string[] {
  const io = {
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    stdin: new PassThrough(),
    env: {},
    cwd: '.',
  };
  const program = createProgram(createSession(io, false).cli);
  return program
    .createHelp()
    .visibleCommands(program)
    .map((command) => command.name());
}

describe('the reference of the command line', () => {
  test('shows the help of every command as it is', async () => {
    const page = await readFile(REFERENCE, 'utf8');
    const documented = [...page.matchAll(HELP_BLOCK)].map((match) => match[1] ?? '');
    expect(documented.toSorted()).toEqual(commandNames().toSorted());
    const helps = new Map<string, string>();
    for (const name of documented) helps.set(name, (await runCli([name, '--help'])).stdout.trimEnd());
    const current = page.replaceAll(
      HELP_BLOCK,
      (_block, name: string) => `\`\`\`text\n${helps.get(name)}\n\`\`\``,
    );
    await expect(current).toMatchFileSnapshot(REFERENCE);
  });
});
