import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

const EXAMPLES = `
Examples:
  sluice pools
  sluice pools gpu
  sluice pools openai --json | jq '.pools[0].waiting'`;

/** `sluice pools`: who holds the slots of the pools, and who waits for them. */
export function registerPools(program: Command, cli: CliContext): void {
  const command = program
    .command('pools')
    .summary('who holds slots of pools, and who waits')
    .description(
      'Shows the pools of the configuration and those in use: slots, rates, who holds and who waits.',
    )
    .argument('[name]', 'only this pool')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(command).action(async (name: string | undefined, flags: ConnectionFlags) => {
    const { printPools } = await import('../runs/print-pools.js');
    await printPools(cli, name, flags);
  });
}
