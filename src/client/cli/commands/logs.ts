import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

type LogsFlags = ConnectionFlags & { readonly stage?: string; readonly follow?: boolean };

const EXAMPLES = `
With --json every line is collected into one document, { "lines": [...] }.

Examples:
  sluice logs market-data
  sluice logs market-data --stage load --follow`;

/** `sluice logs`: what the stages of a run wrote. */
export function registerLogs(program: Command, cli: CliContext): void {
  const command = program
    .command('logs')
    .summary('what the stages of a run wrote')
    .description('Prints what the stages of a run wrote, in order of time.')
    .argument('<run>', 'workflow ID, run ID, or pipeline')
    .option('--stage <id>', 'only this stage')
    .option('-f, --follow', 'go on until the run ends')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(command).action(async (run: string, flags: LogsFlags) => {
    const [{ withSession }, { printLogs }] = await Promise.all([
      import('../runs/session.js'),
      import('../runs/print-logs.js'),
    ]);
    await withSession(cli, { flags }, async (session) => {
      const handle = await session.find(run);
      const { stage, follow = false } = flags;
      await printLogs(cli, handle, { follow, ...(stage === undefined ? {} : { stage }) });
    });
  });
}
