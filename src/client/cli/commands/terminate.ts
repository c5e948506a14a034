import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addConnectionOptions } from '../runs/connection-options.js';
import { addMatchOptions, addSteerOptions } from '../runs/steer-options.js';
import type { MatchFlags } from '../runs/steer-runs.js';

const EXAMPLES = `
The run ends at once: "finally" stages do not run, and running stages are only told at their next heartbeat. Prefer
"sluice cancel", and keep this for runs that do not react.

Examples:
  sluice terminate market-data --reason "stuck since the upgrade"
  sluice terminate --query "StartTime < '2026-01-01T00:00:00Z'" --yes`;

/** `sluice terminate`: ends a run by force. */
export function registerTerminate(program: Command, cli: CliContext): void {
  const command = program
    .command('terminate')
    .summary('end a run by force')
    .description('Terminates a run, or all that match.')
    .argument('[run]', 'workflow ID, run ID, or pipeline')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(addMatchOptions(addSteerOptions(command))).action(
    async (run: string | undefined, flags: MatchFlags) => {
      const { terminateRuns } = await import('../runs/terminate.js');
      await terminateRuns(cli, run, flags);
    },
  );
}
