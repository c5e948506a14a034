import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addConnectionOptions } from '../runs/connection-options.js';
import { addMatchOptions, addSteerOptions } from '../runs/steer-options.js';
import type { MatchFlags, SteerRunsRequest } from '../runs/steer-runs.js';

const PAUSE_EXAMPLES = `
Running stages go on and their results are kept; no more stages, items of maps or hooks start until "sluice unpause".
Child runs are paused with their parent.

Examples:
  sluice pause market-data --reason "the exchange is closed"
  sluice pause --pipeline market-data --yes`;

const UNPAUSE_EXAMPLES = `
Examples:
  sluice unpause market-data
  sluice unpause --query "SluiceLabels = 'team=quant'"`;

/** `sluice pause`: lets a run start no more stages. */
export function registerPause(program: Command, cli: CliContext): void {
  registerSteering(program, cli, {
    verb: 'pause',
    done: 'Paused',
    summary: 'start no more stages of a run',
    examples: PAUSE_EXAMPLES,
    act: (handle, who) => handle.steering.pause(who),
  });
}

/** `sluice unpause`: lets a paused run go on. */
export function registerUnpause(program: Command, cli: CliContext): void {
  registerSteering(program, cli, {
    verb: 'unpause',
    done: 'Unpaused',
    summary: 'let a paused run go on',
    examples: UNPAUSE_EXAMPLES,
    act: (handle, who) => handle.steering.unpause(who),
  });
}

type SteeringCommand = {
  readonly verb: 'pause' | 'unpause';
  readonly done: string;
  readonly summary: string;
  readonly examples: string;
  readonly act: SteerRunsRequest['act'];
};

function registerSteering(program: Command, cli: CliContext, each: SteeringCommand): void {
  const { verb, done, summary, examples, act } = each;
  const command = program
    .command(verb)
    .summary(summary)
    .description(`${verb === 'pause' ? 'Pauses' : 'Unpauses'} a run, or all that match.`)
    .argument('[run]', 'workflow ID, run ID, or pipeline')
    .addHelpText('after', examples);
  addConnectionOptions(addMatchOptions(addSteerOptions(command))).action(
    async (run: string | undefined, flags: MatchFlags) => {
      const { steerOneOrMany } = await import('../runs/steer-runs.js');
      await steerOneOrMany(cli, { run, flags, requested: verb, verb, done, act });
    },
  );
}
