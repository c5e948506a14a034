import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addHistoryOptions, historyFilter, type HistoryFlags } from '../history/history-options.js';
import { addConnectionOptions } from '../runs/connection-options.js';

const DAYS = 30;

const EXAMPLES = `
Each run is compared with all runs of the same pipeline in the same mode: its time, the times of its stages, its records,
cost and tokens, by median, median absolute deviation and interquartile range, which single outliers do not move. The last
ten runs are looked at for more failures than those before explain. It takes ten successful runs to tell.

Examples:
  sluice anomalies market-data
  sluice anomalies --days 90
  sluice anomalies --json | jq -r '.anomalies[].message'`;

/** `sluice anomalies`: what is unusual among past runs. */
export function registerAnomalies(program: Command, cli: CliContext): void {
  const command = program
    .command('anomalies')
    .summary('runs that are unlike the others')
    .description('Finds runs and stages that took, counted, cost or failed more or less than is usual.')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(addHistoryOptions(command, { days: DAYS, limit: 5_000 })).action(
    async (pipeline: string | undefined, flags: HistoryFlags) => {
      const filter = historyFilter(pipeline, flags, DAYS);
      const { withSession } = await import('../runs/session.js');
      const report = await withSession(cli, { flags }, ({ client }) => client.history.anomalies(filter));
      if (cli.isJson) return cli.json(report);
      const { printAnomalies } = await import('../history/print-anomalies.js');
      printAnomalies(cli, report);
    },
  );
}
