import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { EXIT } from '../errors.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

type DiffFlags = ConnectionFlags & { readonly exitCode?: boolean };

const EXAMPLES = `
Compares status, versions, definition, what the stages were given, outputs and times. The exit code is 0 also where they
differ, unless --exit-code is given: then it is 1.

Examples:
  sluice diff market-data/2026-03-01 market-data/2026-03-02
  sluice diff market-data/2026-03-01 market-data --json | jq '.stages | map_values(.output)'`;

/** `sluice diff`: two runs, stage by stage. */
export function registerDiff(program: Command, cli: CliContext): void {
  const command = program
    .command('diff')
    .summary('compare two runs, stage by stage')
    .description('Shows where two runs differ, stage by stage.')
    .argument('<first>', 'workflow ID, run ID, or pipeline')
    .argument('<second>', 'workflow ID, run ID, or pipeline')
    .option('--exit-code', 'exit with code 1 when they differ in more than their times')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(command).action(async (first: string, second: string, flags: DiffFlags) => {
    const [{ withSession }, { formatDiff }] = await Promise.all([
      import('../runs/session.js'),
      import('../runs/format-diff.js'),
    ]);
    const diff = await withSession(cli, { flags }, async (session) => {
      // The first is asked for again once the second may have brought its own configuration.
      await session.find(first);
      const right = await session.find(second);
      const left = await session.find(first);
      await session.prepareFor(left, cli);
      await session.prepareFor(right, cli);
      return session.client.diff(left, right);
    });
    if (flags.exitCode === true && diff.differs) cli.exitWith(EXIT.failed);
    if (cli.isJson) cli.json(diff);
    else cli.print(formatDiff(diff, cli.colours.stdout));
  });
}
