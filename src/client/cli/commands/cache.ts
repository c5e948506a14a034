import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { durationOption } from '../duration-option.js';

const EXAMPLES = `
Examples:
  sluice cache list --pipeline market-data
  sluice cache clear --stage load --dry-run
  sluice cache clear --older-than 30d`;

type Filter = { readonly pipeline?: string; readonly stage?: string };
type ClearFlags = Filter & { readonly olderThan?: number; readonly all?: boolean; readonly dryRun?: boolean };

/** `sluice cache`: what stages would get instead of running. */
export function registerCache(program: Command, cli: CliContext): void {
  const cache = program
    .command('cache')
    .summary('results that stages reuse instead of running')
    .description('Lists and clears the cached results of the store of this folder.')
    .helpCommand(false)
    .addHelpText('after', EXAMPLES);
  filters(cache.command('list'))
    .description('Lists cached results, the latest first.')
    .action(async (flags: Filter) => {
      const { printCache } = await import('../storage/print-cache.js');
      await printCache(cli, flags);
    });
  filters(cache.command('clear'))
    .description('Removes cached results. Needs a key or an option that says which.')
    .argument('[key]', 'a key or its start, as "sluice cache list" shows it')
    .option('--older-than <duration>', 'only results made longer ago, such as 30d', durationOption)
    .option('--all', 'every result')
    .option('--dry-run', 'only show what would be removed')
    .action(async (key: string | undefined, { all, olderThan, dryRun, ...rest }: ClearFlags) => {
      const { clearCache } = await import('../storage/clear-cache.js');
      const filter = {
        ...rest,
        ...(key === undefined ? {} : { key }),
        ...(olderThan === undefined ? {} : { olderThanMs: olderThan }),
      };
      await clearCache(cli, filter, { all: all === true, dryRun: dryRun === true });
    });
}

function filters(command: Command): Command {
  return command
    .option('--pipeline <name>', 'only results of this pipeline')
    .option('--stage <id>', 'only results of this stage');
}
