import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import type { ContinueFlags } from '../runs/continue-run.js';
import { UsageError } from '../errors.js';
import { addContinueOptions } from './resume.js';

const EXAMPLES = `
Like resume, but meant for a variant: from any stage, with other inputs or another definition, of a run that may still go
on. The run that it is made from is not touched.

Examples:
  sluice fork mapper-training --from train -i epochs=10
  sluice fork mapper-training/20260105-190000-k3fq --from report --definition with-charts.yaml --plan`;

/** `sluice fork`: a variant of a run from a stage of it. */
export function registerFork(program: Command, cli: CliContext): void {
  const command = program
    .command('fork')
    .summary('a variant of a run, from a stage of it')
    .description('Starts a new run from a stage of another, with other inputs or another definition.')
    .argument('<run>', 'workflow ID, run ID, or pipeline')
    .option('--from <stage>', 'run this stage again, and all that depend on it')
    .option('--definition <file>', "another definition of the pipeline (default: the run's own)")
    .option('--plan', 'show what would happen and start nothing');
  addContinueOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (run: string, flags: ContinueFlags) => {
      refuseCopy(flags);
      const { continueRun } = await import('../runs/continue-run.js');
      await continueRun(cli, run, { how: 'fork', flags });
    });
}

function refuseCopy({ from, definition, input, inputFile }: ContinueFlags): void {
  if (from !== undefined || definition !== undefined || input !== undefined || inputFile !== undefined)
    return;
  throw new UsageError('A fork needs something that makes it another run.', {
    hint: 'Give --from STAGE, -i NAME=VALUE or --definition FILE. To repeat a run as it was: sluice rerun RUN',
  });
}
