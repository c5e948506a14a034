import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import type { CanaryFlags } from '../canary/with-canary.js';
import { addConnectionOptions } from '../runs/connection-options.js';
import { addSteerOptions } from '../runs/steer-options.js';

const EXAMPLES = `
RUN is a workflow ID, a run ID, or a pipeline for its latest run; also the canary itself, canary/SERVICE, or
canary/SERVICE@ROUTER where several routers have one.
--stage is needed only where several canaries of the run go on.

Examples:
  sluice canary status ship-mapper
  sluice canary status ship-mapper --json | jq '.steps[-1].evaluations[-1]'
  sluice canary pause ship-mapper --reason "checking the logs"
  sluice canary promote ship-mapper --as ada --reason "hotfix"
  sluice canary promote ship-mapper --step
  sluice canary abort canary/mapper --reason "customers call"`;

/** `sluice canary`: shows and steers the canary of a run. */
export function registerCanary(program: Command, cli: CliContext): void {
  const canary = program
    .command('canary')
    .summary('see and steer how traffic moves to a new version')
    .description('Shows the canary of a run, and promotes, aborts, pauses or resumes it.')
    .helpCommand(false)
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(ofRun(canary, 'status'))
    .description('Shows the step, the weights, the KPIs of the last evaluation and what it waits for.')
    .action(async (run: string, flags: CanaryFlags) => {
      const { printCanary } = await import('../canary/print-canary.js');
      await printCanary(cli, run, flags);
    });
  steering(ofRun(canary, 'promote'), cli, 'promote')
    .description('Sends all traffic to the candidate now, or answers that it may be promoted.')
    .option('--step', 'only take the present step as passed');
  steering(ofRun(canary, 'abort'), cli, 'abort').description('Sends all traffic back to the baseline now.');
  steering(ofRun(canary, 'pause'), cli, 'pause').description(
    'Keeps the weights: no step ends and nothing is promoted. A breach is rolled back all the same.',
  );
  steering(ofRun(canary, 'resume'), cli, 'resume').description(
    'Goes on after a pause, or measures a step again that people are asked about.',
  );
}

function ofRun(canary: Command, name: string): Command {
  return canary
    .command(name)
    .argument('<run>', 'workflow ID, run ID, pipeline, or canary/SERVICE')
    .option('--stage <id>', 'ID of the canary stage (default: the one that goes on)');
}

function steering(
  command: Command,
  cli: CliContext,
  requested: 'promote' | 'abort' | 'pause' | 'resume',
): Command {
  return addConnectionOptions(addSteerOptions(command)).action(async (run: string, flags: CanaryFlags) => {
    const { steerCanary } = await import('../canary/steer-canary.js');
    await steerCanary(cli, { run, flags, requested });
  });
}
