import type { Distribution } from '../../history/distribution.js';
import { numberWords, percentWords } from '../../history/number-words.js';
import type { RunMetrics } from '../../history/run-metrics.js';
import { oneLine } from '../../render/printable.js';
import { duration } from '../../render/wording.js';
import type { CliContext } from '../context.js';
import { formatTable } from '../output.js';

const RIGHT = { align: 'right' as const };

/** Prints how the runs of a time did. */
export function printMetrics(cli: CliContext, metrics: RunMetrics): void {
  if (metrics.runs.total === 0) return cli.note('No runs.');
  const { bold } = cli.colours.stdout;
  cli.print(`${bold(oneLine(metrics.pipeline ?? 'All pipelines'))}  ${countsOf(metrics)}`);
  for (const line of notesOf(metrics)) cli.print(line);
  cli.print(`\n${measures(cli, metrics)}`);
  printStages(cli, metrics);
  printFailures(cli, metrics);
  if (metrics.without_summary > 0) {
    const { without_summary: count } = metrics;
    cli.note(`${count} ended without leaving word of their stages: they were terminated, or are old.`);
  }
  if (metrics.cut) cli.note('There are more runs than were read; --limit reads more.');
}

/** `212 runs: 207 succeeded (97.6%), 4 failed, 1 timed out`. */
export function countsOf({ runs }: RunMetrics): string {
  const parts = [
    `${runs.succeeded} succeeded${runs.success_rate === null ? '' : ` (${percentWords(runs.success_rate)})`}`,
    ...(runs.partial === 0 ? [] : [`${runs.partial} of them in part`]),
    ...(runs.failed === 0 ? [] : [`${runs.failed} failed`]),
    ...(runs.timed_out === 0 ? [] : [`${runs.timed_out} timed out`]),
    ...(runs.cancelled === 0 ? [] : [`${runs.cancelled} cancelled`]),
    ...(runs.open === 0 ? [] : [`${runs.open} open`]),
  ];
  return `${runs.total} ${runs.total === 1 ? 'run' : 'runs'}: ${parts.join(', ')}`;
}

function notesOf({ throughput, retries }: RunMetrics): readonly string[] {
  const { runs_per_day, records_per_second } = throughput;
  const speed = [
    ...(runs_per_day === null ? [] : [`${numberWords(runs_per_day)} runs a day`]),
    ...(records_per_second === null ? [] : [`${numberWords(records_per_second)} records a second`]),
  ];
  const again = retries.total === 0 ? [] : [`${numberWords(retries.total)} retries in ${retries.runs} runs`];
  return [speed.join(', '), ...again].filter((line) => line !== '');
}

function measures(cli: CliContext, metrics: RunMetrics): string {
  const known = new Set(['records', 'cost', 'tokens']);
  const rows = [
    row('time', metrics.duration_ms, duration),
    row('wait for the first stage', metrics.queue_ms, duration),
    row('records', metrics.records?.per_run, numberWords, metrics.records?.total),
    row('cost', metrics.cost?.per_run, numberWords, metrics.cost?.total),
    row('tokens', metrics.tokens?.per_run, numberWords, metrics.tokens?.total),
    ...Object.entries(metrics.counters)
      .filter(([name]) => !known.has(name))
      .map(([name, { per_run, total }]) => row(oneLine(name), per_run, numberWords, total)),
  ].filter((cells) => cells !== null);
  const columns = [
    { title: 'Of a run' },
    ...['P50', 'P95', 'P99', 'Max', 'Total'].map((title) => ({ title, ...RIGHT })),
  ];
  return formatTable(columns, rows, cli.colours.stdout);
}

function row(
  title: string,
  spread: Distribution | null | undefined,
  show: (value: number) => string,
  total?: number,
): readonly string[] | null {
  if (spread === null || spread === undefined) return null;
  const values = [spread.p50, spread.p95, spread.p99, spread.max].map(show);
  return [title, ...values, total === undefined ? '' : show(total)];
}

const MOST_STAGES = 30;

function printStages(cli: CliContext, { stages, pipeline }: RunMetrics): void {
  if (stages.length === 0) return;
  const rows = stages.slice(0, MOST_STAGES).map((one) => {
    const { duration_ms: time, queue_ms: wait } = one;
    return [
      oneLine(pipeline === null ? `${one.pipeline}/${one.stage}` : one.stage),
      String(one.executions),
      one.failed === 0 ? '' : `${one.failed} (${percentWords(one.failure_rate)})`,
      one.retries === 0 ? '' : String(one.retries),
      ...(time === null ? ['', '', ''] : [time.p50, time.p95, time.p99].map(duration)),
      wait === null || wait.max === 0 ? '' : duration(wait.p95),
    ];
  });
  const columns = [
    { title: 'Stage' },
    ...['Runs', 'Failed', 'Retries', 'P50', 'P95', 'P99', 'Waited (P95)'].map((title) => ({
      title,
      ...RIGHT,
    })),
  ];
  cli.print(`\n${formatTable(columns, rows, cli.colours.stdout)}`);
  if (stages.length > MOST_STAGES)
    cli.note(`${stages.length - MOST_STAGES} faster stages: --json shows all.`);
}

/** Prints why runs failed. */
export function printFailures(cli: CliContext, { failures, pipeline }: RunMetrics): void {
  if (failures.length === 0) return;
  const rows = failures.slice(0, 10).map((cause) => {
    const { last } = cause;
    const where =
      pipeline === null ? [cause.pipeline, cause.stage].filter((id) => id !== '').join('/') : cause.stage;
    return [
      oneLine(cause.type),
      oneLine(where),
      `${cause.count} (${percentWords(cause.share)})`,
      oneLine(last.workflow_id),
      oneLine(last.message).slice(0, 60),
    ];
  });
  const columns = [
    { title: 'Failure' },
    { title: 'Where' },
    { title: 'Runs', ...RIGHT },
    { title: 'Last' },
    { title: '' },
  ];
  cli.print(`\n${formatTable(columns, rows, cli.colours.stdout)}`);
}
