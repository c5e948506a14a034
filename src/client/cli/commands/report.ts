import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addHistoryOptions, historyFilter, type HistoryFlags } from '../history/history-options.js';
import { addConnectionOptions } from '../runs/connection-options.js';

type ReportFlags = HistoryFlags & { readonly html?: string };

const DAYS = 7;

const EXAMPLES = `
The page is one file that needs no network: runs and times by day, where the last run spent its time, the slowest stages,
why runs failed, and what is unusual. Its charts need the package echarts (npm install echarts).

Examples:
  sluice report --days 7
  sluice report market-data --days 30 --html report.html
  sluice report --json | jq '.pipelines[] | [.pipeline, .runs.success_rate]'`;

/** `sluice report`: how pipelines did, as tables or as a page with charts. */
export function registerReport(program: Command, cli: CliContext): void {
  const command = program
    .command('report')
    .summary('tables or a page with charts of how pipelines did')
    .description('Reports how pipelines did over some days: as tables, as JSON, or as a page with charts.')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(
    addHistoryOptions(command, { days: DAYS, limit: 5_000 }).option(
      '--html <file>',
      'write a page with charts',
    ),
  ).action(async (pipeline: string | undefined, flags: ReportFlags) => {
    const filter = historyFilter(pipeline, flags, DAYS);
    const { withSession } = await import('../runs/session.js');
    const report = await withSession(cli, { flags }, ({ client }) => client.history.report(filter));
    if (flags.html !== undefined) {
      const { writePage } = await import('../history/write-page.js');
      await writePage(cli, report, flags.html);
    }
    if (cli.isJson) return cli.json(report);
    if (flags.html !== undefined) return;
    const { printReport } = await import('../history/print-report.js');
    printReport(cli, report);
  });
}
