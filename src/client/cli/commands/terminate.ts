import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

type TerminateFlags = ConnectionFlags & { readonly reason?: string };

const EXAMPLES = `
The run ends at once: "finally" stages do not run, and running stages are only told at their next heartbeat. Prefer
"sluice cancel", and keep this for runs that do not react.

Examples:
  sluice terminate market-data --reason "stuck since the upgrade"`;

/** `sluice terminate`: ends a run by force. */
export function registerTerminate(program: Command, cli: CliContext): void {
  const command = program
    .command('terminate')
    .summary('end a run by force')
    .description('Terminates a run.')
    .argument('<run>', 'workflow ID, run ID, or pipeline')
    .option('--reason <text>', "kept in the run's history")
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(command).action(async (run: string, { reason, ...flags }: TerminateFlags) => {
    const { withSession } = await import('../runs/session.js');
    await withSession(cli, { flags }, async (session) => {
      const handle = await session.find(run);
      await handle.terminate(reason ?? 'terminated with sluice terminate');
      const { workflowId: workflow_id, runId: run_id } = handle;
      if (cli.isJson) cli.json({ workflow_id, run_id, requested: 'terminate' });
      else cli.note(`Terminated "${workflow_id}".`);
    });
  });
}
