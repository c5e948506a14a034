import type { Command } from 'commander';
import { isBackfillId } from '../../backfill/backfill-id.js';
import type { CliContext } from '../context.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

type WatchFlags = ConnectionFlags & { readonly verbose?: boolean };

const EXAMPLES = `
On a local server without a worker this also does the run's work, so a run whose terminal was closed goes on.

On a terminal keys decide in place: a approve, x reject, r retry, s skip, p pause, l logs, c cancel; arrows choose between
stages that wait, and items of maps. Ctrl-C stops following.

Examples:
  sluice watch market-data
  sluice watch market-data/2026-03-01 --verbose
  sluice watch backfill/market-data/2024`;

/** `sluice watch`: follows a run to its end. */
export function registerWatch(program: Command, cli: CliContext): void {
  const command = program
    .command('watch')
    .summary('follow a run to its end')
    .description('Follows a run as "sluice run" does, and ends with its result.')
    .argument('<run>', 'workflow ID, run ID, or pipeline')
    .option('-v, --verbose', 'also show what the stages write')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(command).action(async (run: string, flags: WatchFlags) => {
    if (isBackfillId(run)) {
      const { watchBackfill } = await import('../backfill/show-backfill.js');
      return watchBackfill(cli, run, flags);
    }
    const [{ withSession }, { followRun }] = await Promise.all([
      import('../runs/session.js'),
      import('../runs/follow-run.js'),
    ]);
    await withSession(cli, { flags }, async (session) => {
      const handle = await session.find(run);
      await session.prepareFor(handle, cli);
      if (handle.uiUrl !== undefined) cli.note(cli.colours.stderr.dim(`Web UI: ${handle.uiUrl}`));
      await followRun(cli, handle, { verbose: flags.verbose === true, endsWithUs: false });
    });
  });
}
