import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { durationOption } from '../duration-option.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

export type CleanupFlags = ConnectionFlags & {
  readonly olderThan?: number;
  readonly dryRun?: boolean;
  readonly ignoreNamespace?: readonly string[];
};

const EXAMPLES = `
Keeps whatever a run refers to that Temporal still has, running or ended, and whatever schedules and cached results refer
to. Removes payloads, artifacts and logs of other runs, and cached results past their max_age. What is younger than
--older-than stays in any case.

Examples:
  sluice cleanup --dry-run
  sluice cleanup --older-than 30d`;

/** `sluice cleanup`: removes from the store what no run can refer to. */
export function registerCleanup(program: Command, cli: CliContext): void {
  const command = program
    .command('cleanup')
    .summary('remove from the store what no run needs')
    .description('Removes from the store what no run that Temporal still has can refer to.')
    .option('--older-than <duration>', 'only what is older; at least 1h (default: 1d)', durationOption)
    .option('--dry-run', 'only tell what would be removed')
    .option('--ignore-namespace <id...>', 'IDs of namespaces that used this store and are gone')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(command).action(async (flags: CleanupFlags) => {
    const { cleanUpStore } = await import('../storage/clean-up-store.js');
    await cleanUpStore(cli, flags);
  });
}
