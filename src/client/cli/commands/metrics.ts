import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addHistoryOptions, historyFilter, type HistoryFlags } from '../history/history-options.js';
import { addConnectionOptions } from '../runs/connection-options.js';

const DAYS = 30;

const EXAMPLES = `
Rates are shares of the runs that succeeded, failed or timed out; a cancelled run is neither. Times are those of runs and
stages that succeeded. Counters that stages add to are told apart by their names: records, cost, tokens, and others.

Examples:
  sluice metrics market-data
  sluice metrics --days 7
  sluice metrics market-data --json | jq '.duration_ms.p95, .runs.success_rate'`;

/** `sluice metrics`: how pipelines did over some time. */
export function registerMetrics(program: Command, cli: CliContext): void {
  const command = program
    .command('metrics')
    .summary('success rate, times, waits, retries and counters')
    .description('Shows how pipelines and their stages did: rates, percentiles, waits, retries and counters.')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(addHistoryOptions(command, { days: DAYS, limit: 5_000 })).action(
    async (pipeline: string | undefined, flags: HistoryFlags) => {
      const filter = historyFilter(pipeline, flags, DAYS);
      const { withSession } = await import('../runs/session.js');
      const metrics = await withSession(cli, { flags }, ({ client }) => client.history.metrics(filter));
      if (cli.isJson) return cli.json(metrics);
      const { printMetrics } = await import('../history/print-metrics.js');
      printMetrics(cli, metrics);
    },
  );
}
