import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

const EXAMPLES = `
Looks at the last runs of every pipeline, the age of its data, its schedules, at workers and their machines, at the store
and at the checks of the configuration. Exits with 1 when something is wrong; warnings alone exit with 0.

Examples:
  sluice health
  sluice health market-data metrics
  sluice health --json | jq '.findings[] | select(.level == "fail")'`;

/** `sluice health`: whether all is well, and what to do where it is not. */
export function registerHealth(program: Command, cli: CliContext): void {
  const command = program
    .command('health')
    .summary('whether all is well, and what to do where it is not')
    .description('Shows how pipelines, schedules, workers, the store and your own checks do.')
    .argument('[pipelines...]', 'only these pipelines')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(command).action(async (pipelines: string[], flags: ConnectionFlags) => {
    const { printHealth } = await import('../health/print-health.js');
    await printHealth(cli, pipelines, flags);
  });
}
