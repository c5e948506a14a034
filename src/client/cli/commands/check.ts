import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

export type CheckFlags = ConnectionFlags & { readonly mode?: string };

const EXAMPLES = `
Looks at what the definition "requires", who holds its concurrency group, whether workers poll its task queues, its
secrets, and the mode. Exit code 0: it can run; 1: it cannot. "sluice run --force" starts it although something that it
requires is missing.

PIPELINE is a file, a name of the configuration, or a pipeline that has run before.

Examples:
  sluice check pipelines/scenarios.yaml
  sluice check scenarios --mode weekly
  sluice check scenarios --json | jq '.checks[] | select(.ok == false)'`;

/** `sluice check`: whether a pipeline can run now, and if not why. */
export function registerCheck(program: Command, cli: CliContext): void {
  const command = program
    .command('check')
    .summary('whether a pipeline can run now')
    .description('Says whether a pipeline can run now, and if not why.')
    .argument('<file>', 'definition, name of the configuration, or pipeline')
    .option('-m, --mode <mode>', 'the mode that it would run in')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(command).action(async (pipeline: string, flags: CheckFlags) => {
    const { printCheck } = await import('../runs/print-check.js');
    await printCheck(cli, pipeline, flags);
  });
}
