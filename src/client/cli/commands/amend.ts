import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { wholeNumber } from '../number-option.js';
import type { AmendFlags } from '../runs/amend.js';
import { addConnectionOptions } from '../runs/connection-options.js';
import { addSteerOptions, collect } from '../runs/steer-options.js';

const EXAMPLES = `
--set, --max-parallel, --deadline and --failure change the run. --param, --timeout and --retry change a stage that has
not started or is held, so they need STAGE. Values of --set and --param are JSON, or else text. Each change is in the
result, with who made it and why. Several changes are made together: where one comes too late or makes no sense, none is.

Examples:
  sluice amend market-data --set window=5 --reason "half a day of data"
  sluice amend market-data --max-parallel 16 --deadline 3h
  sluice amend market-data --deadline 2026-03-01T18:00:00Z
  sluice amend market-data train --param epochs=5 --timeout 2h --retry max_attempts=5`;

/** `sluice amend`: changes a run that goes on. */
export function registerAmend(program: Command, cli: CliContext): void {
  const command = program
    .command('amend')
    .summary('change a run that goes on')
    .description('Changes variables, limits, or a stage of a run that goes on.')
    .argument('<run>', 'workflow ID, run ID, or pipeline')
    .argument('[stage]', 'ID of the stage to change')
    .option('--set <name=value>', 'a variable; may be given again', collect)
    .option('--max-parallel <number>', 'most stages that run at once; 0 is no limit', wholeNumber(0))
    .option(
      '--deadline <time>',
      'deadline of the run: from its start (3h), or an ISO 8601 time with its zone',
    )
    .option('--failure <policy>', 'fail_fast or continue')
    .option(
      '--param <key=value>',
      'a param of the stage (of a command: environment); may be given again',
      collect,
    )
    .option('--timeout <duration>', 'limit of one attempt of the stage')
    .option(
      '--retry <key=value>',
      'a retry setting of the stage, such as max_attempts; may be given again',
      collect,
    )
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(addSteerOptions(command)).action(
    async (run: string, stage: string | undefined, flags: AmendFlags) => {
      const { amend } = await import('../runs/amend.js');
      await amend(cli, { run, stage, flags });
    },
  );
}
