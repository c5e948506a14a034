import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

const EXAMPLES = `
Says what each stage waits for, when the next attempt comes and after which error, who paused the run, or which value
made a condition false; and when the run should end, from how long its stages took in earlier runs.

Examples:
  sluice why market-data
  sluice why market-data load
  sluice why market-data --json | jq -r '.stages[].sentence'`;

/** `sluice why`: why a run, or a stage of it, is where it is. */
export function registerWhy(program: Command, cli: CliContext): void {
  const command = program
    .command('why')
    .summary('why a run or a stage is where it is')
    .description('Explains in a sentence each why the stages of a run wait, run, were skipped or failed.')
    .argument('<run>', 'workflow ID, run ID, or pipeline')
    .argument('[stage]', 'ID of the stage')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(command).action(
    async (run: string, stage: string | undefined, flags: ConnectionFlags) => {
      const { withSession } = await import('../runs/session.js');
      const explanation = await withSession(cli, { flags }, async (session) =>
        (await session.find(run)).why(stage),
      );
      if (cli.isJson) return cli.json(explanation);
      const { oneLine } = await import('../../render/printable.js');
      cli.print(oneLine(explanation.sentence));
      for (const { sentence } of explanation.stages) cli.print(oneLine(sentence));
      const { expected_end, expected_from_runs: runs } = explanation;
      if (expected_end !== null) {
        cli.print(
          `It should end at ${expected_end}, judging by ${runs === 1 ? 'one earlier run' : `${runs} earlier runs`}.`,
        );
      }
    },
  );
}
