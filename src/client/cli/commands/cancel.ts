import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addConnectionOptions } from '../runs/connection-options.js';
import { addMatchOptions, addSteerOptions } from '../runs/steer-options.js';
import type { MatchFlags } from '../runs/steer-runs.js';

type CancelFlags = MatchFlags & { readonly afterWave?: boolean };

const EXAMPLES = `
Running stages are told to stop and the "finally" stages run. With --after-wave running stages end by themselves first.

Examples:
  sluice cancel market-data
  sluice cancel market-data/2026-03-01 --after-wave --reason "superseded"
  sluice cancel --pipeline market-data --yes`;

/** `sluice cancel`: ends a run gracefully. */
export function registerCancel(program: Command, cli: CliContext): void {
  const command = program
    .command('cancel')
    .summary('end a run gracefully')
    .description('Cancels a run, or all that match.')
    .argument('[run]', 'workflow ID, run ID, or pipeline')
    .option('--after-wave', 'let running stages end, and start no more')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(addMatchOptions(addSteerOptions(command))).action(
    async (run: string | undefined, flags: CancelFlags) => {
      const { cancelRuns } = await import('../runs/cancel.js');
      await cancelRuns(cli, { run, flags, afterWave: flags.afterWave === true });
    },
  );
}
