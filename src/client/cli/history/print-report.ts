import { numberWords, percentWords } from '../../history/number-words.js';
import type { PipelineMetrics, RunReport } from '../../history/run-report.js';
import { unusualRuns } from '../../history/unusual-runs.js';
import { oneLine } from '../../render/printable.js';
import { duration, statusColour } from '../../render/wording.js';
import type { CliContext, Colours } from '../context.js';
import { formatTable } from '../output.js';
import { countsOf, printFailures } from './print-metrics.js';

const RIGHT = { align: 'right' as const };

/** Prints how pipelines did, why runs failed and what is unusual. */
export function printReport(cli: CliContext, report: RunReport): void {
  const { metrics, pipelines, days, anomalies } = report;
  if (metrics.runs.total === 0) return cli.note('No runs.');
  const colours = cli.colours.stdout;
  const { bold } = colours;
  const first = days[0]?.day ?? '';
  cli.print(`${bold(oneLine(metrics.pipeline ?? 'All pipelines'))}  since ${first}  ${countsOf(metrics)}`);
  const columns = [
    { title: 'Pipeline' },
    ...['Runs', 'Success', 'P50', 'P95', 'Retries', 'Records', 'Cost'].map((title) => ({ title, ...RIGHT })),
    { title: 'Last run (UTC)' },
  ];
  cli.print(
    `\n${formatTable(
      columns,
      pipelines.map((one) => pipelineRow(one, colours)),
      colours,
    )}`,
  );
  printSlowest(cli, report);
  printFailures(cli, metrics);
  const unusual = unusualRuns(anomalies);
  if (unusual.length > 0) cli.print('');
  for (const { workflow_id, messages } of unusual.slice(0, 10)) {
    cli.print(`${colours.yellow('!')} ${oneLine(workflow_id)} ${messages.map(oneLine).join('; ')}`);
  }
  if (unusual.length > 10) cli.note(`${unusual.length - 10} more runs: sluice anomalies`);
}

function pipelineRow(one: PipelineMetrics, colours: Colours): readonly string[] {
  const { runs, duration_ms: time, retries, records, cost, last } = one;
  const status = statusColour(last.status, colours)(last.status.replace('_', ' '));
  return [
    oneLine(one.pipeline),
    String(runs.total),
    percentWords(runs.success_rate),
    time === null ? '' : duration(time.p50),
    time === null ? '' : duration(time.p95),
    retries.total === 0 ? '' : numberWords(retries.total),
    records === null ? '' : numberWords(records.total),
    cost === null ? '' : numberWords(cost.total),
    `${last.started_at.slice(0, 16).replace('T', ' ')} ${status}`,
  ];
}

function printSlowest(cli: CliContext, { metrics }: RunReport): void {
  const slowest = metrics.stages.filter(({ duration_ms }) => duration_ms !== null).slice(0, 5);
  if (slowest.length === 0) return;
  const rows = slowest.map(({ pipeline, stage, duration_ms: time, executions }) => [
    oneLine(metrics.pipeline === null ? `${pipeline}/${stage}` : stage),
    String(executions),
    ...(time === null ? ['', ''] : [duration(time.p50), duration(time.p95)]),
  ]);
  const columns = [
    { title: 'Slowest stages' },
    ...['Runs', 'P50', 'P95'].map((title) => ({ title, ...RIGHT })),
  ];
  cli.print(`\n${formatTable(columns, rows, cli.colours.stdout)}`);
}
