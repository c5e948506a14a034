import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

type CancelFlags = ConnectionFlags & { readonly afterWave?: boolean };

const EXAMPLES = `
Running stages are told to stop and the "finally" stages run. With --after-wave running stages end by themselves first.

Examples:
  sluice cancel market-data
  sluice cancel market-data/2026-03-01 --after-wave`;

/** `sluice cancel`: ends a run gracefully. */
export function registerCancel(program: Command, cli: CliContext): void {
  const command = program
    .command('cancel')
    .summary('end a run gracefully')
    .description('Cancels a run.')
    .argument('<run>', 'workflow ID, run ID, or pipeline')
    .option('--after-wave', 'let running stages end, and start no more')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(command).action(async (run: string, flags: CancelFlags) => {
    const { withSession } = await import('../runs/session.js');
    await withSession(cli, { flags }, async (session) => {
      const handle = await session.find(run);
      const afterWave = flags.afterWave === true;
      await handle.cancel({ afterWave });
      const { workflowId: workflow_id, runId: run_id } = handle;
      if (cli.isJson)
        cli.json({ workflow_id, run_id, requested: afterWave ? 'cancel_after_wave' : 'cancel' });
      else cli.note(`Asked "${workflow_id}" to ${afterWave ? 'stop after its running stages' : 'cancel'}.`);
      await session.letItEnd(handle, cli);
    });
  });
}
