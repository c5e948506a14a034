import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addInputOptions } from '../inputs.js';
import { addConnectionOptions } from '../runs/connection-options.js';
import type { ContinueFlags } from '../runs/continue-run.js';

const EXAMPLES = `
Stages that ended well are taken over with their outputs, state, metrics and artifacts, unless their function's version,
what they do, the values they are given, or something before them changed. The plan is shown first, and is what happens.
The run may have failed, timed out, been cancelled or terminated, or even have succeeded; it stays as it is.

Examples:
  sluice resume market-data
  sluice resume market-data/2026-03-01 --plan
  sluice resume market-data --definition market-data.yaml -i window=5
  sluice resume market-data --from report --json`;

/** `sluice resume`: a new run that goes on where an earlier one ended. */
export function registerResume(program: Command, cli: CliContext): void {
  const command = program
    .command('resume')
    .summary('go on where a run ended')
    .description('Starts a new run that takes over what an earlier run has done, and does the rest.')
    .argument('<run>', 'workflow ID, run ID, or pipeline')
    .option('--from <stage>', 'run this stage again, and all that depend on it')
    .option('--definition <file>', "a corrected definition (default: the run's own)")
    .option('--plan', 'show what would happen and start nothing');
  addContinueOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (run: string, flags: ContinueFlags) => {
      const { continueRun } = await import('../runs/continue-run.js');
      await continueRun(cli, run, { how: 'resume', flags });
    });
}

/** The options of all commands that make a run of an earlier one. */
export function addContinueOptions(command: Command): Command {
  addInputOptions(command)
    .option('--id <key>', 'part of the workflow ID after the name of the pipeline (default: the time)')
    .option('--force', 'start although a required pipeline has no recent success')
    .option('-d, --detach', 'start the run and do not follow it')
    .option('-v, --verbose', 'also show what the stages write');
  return addConnectionOptions(command);
}
