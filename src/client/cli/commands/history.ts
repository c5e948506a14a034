import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addHistoryOptions, historyFilter, type HistoryFlags } from '../history/history-options.js';
import { addConnectionOptions } from '../runs/connection-options.js';

const EXAMPLES = `
Unlike "sluice list" it tells what became of the stages: waits, retries, counted records, and why a run failed. Runs leave
that behind when they end; it is there for as long as the namespace keeps them.

Examples:
  sluice history market-data
  sluice history --status failed --days 7
  sluice history market-data --from 2026-03-01 --to 2026-03-31 --limit 5000 --json`;

/** `sluice history`: past runs and what became of their stages. */
export function registerHistory(program: Command, cli: CliContext): void {
  const command = program
    .command('history')
    .summary('past runs and what became of them')
    .description('Shows past runs with what became of their stages, the latest start first.')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(addHistoryOptions(command, { days: null, limit: 20 })).action(
    async (pipeline: string | undefined, flags: HistoryFlags) => {
      const filter = historyFilter(pipeline, flags, null);
      const { withSession } = await import('../runs/session.js');
      const runs = await withSession(cli, { flags }, ({ client }) => client.history.runs(filter));
      if (cli.isJson) return cli.json({ runs });
      const { printHistory } = await import('../history/print-history.js');
      printHistory(cli, runs);
    },
  );
}
