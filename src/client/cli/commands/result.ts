import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

const EXAMPLES = `
Waits for a run that has not ended. Exit code 0 for a run that succeeded, 1 for every other end.

Examples:
  sluice result market-data
  sluice result market-data --json | jq .stages.train.output`;

/** `sluice result`: the result of a run. */
export function registerResult(program: Command, cli: CliContext): void {
  const command = program
    .command('result')
    .summary('the result of a run')
    .description('Prints the outputs of a run, or with --json its whole result.')
    .argument('<run>', 'workflow ID, run ID, or pipeline')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(command).action(async (run: string, flags: ConnectionFlags) => {
    const [{ withSession }, { reportResult }, { waitForResult }] = await Promise.all([
      import('../runs/session.js'),
      import('../runs/report-result.js'),
      import('../runs/wait-for-result.js'),
    ]);
    await withSession(cli, { flags }, async (session) => {
      const handle = await session.find(run);
      await session.prepareFor(handle, cli);
      const result = await waitForResult(cli, handle);
      if (result !== null) reportResult(cli, result, { isTold: false });
    });
  });
}
