import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import type { ContinueFlags } from '../runs/continue-run.js';
import { addContinueOptions } from './resume.js';

const EXAMPLES = `
The definition, the inputs and the mode are those of the earlier run, and so is "run.scheduled_at".

Examples:
  sluice rerun market-data
  sluice rerun market-data/2026-03-01 -i window=5 --detach`;

/** `sluice rerun`: a run again, as a whole. */
export function registerRerun(program: Command, cli: CliContext): void {
  const command = program
    .command('rerun')
    .summary('repeat a run as a whole')
    .description('Starts a new run with the definition and the inputs of an earlier one.')
    .argument('<run>', 'workflow ID, run ID, or pipeline');
  addContinueOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (run: string, flags: ContinueFlags) => {
      const { continueRun } = await import('../runs/continue-run.js');
      await continueRun(cli, run, { how: 'rerun', flags });
    });
}
