import type { Evaluation, KpiVerdict, StepReport, Verdict } from '../../../engine/canary.js';
import { formatDuration } from '../../../shared/format-duration.js';
import type { CanaryStatus } from '../../canary/canary-handle.js';
import { oneLine } from '../../render/printable.js';
import type { Colours } from '../../render/renderer.js';
import { duration } from '../../render/wording.js';
import type { CliContext } from '../context.js';
import { formatTable } from '../output.js';
import { type CanaryFlags, withCanary } from './with-canary.js';

const STEP_COLUMNS = [
  { title: 'Weight', align: 'right' as const },
  { title: 'Status' },
  { title: 'Successful', align: 'right' as const },
  { title: 'Failed', align: 'right' as const },
  { title: 'Inconclusive', align: 'right' as const },
  { title: 'Took', align: 'right' as const },
];

const KPI_COLUMNS = [
  { title: 'KPI' },
  { title: 'Verdict' },
  { title: 'Candidate', align: 'right' as const },
  { title: 'Baseline', align: 'right' as const },
  { title: 'Margin', align: 'right' as const },
  { title: 'Why' },
];

/** Does what `sluice canary status` promises. */
export async function printCanary(cli: CliContext, run: string, flags: CanaryFlags): Promise<void> {
  await withCanary(cli, { run, flags }, async (canary) => {
    const status = await canary.status();
    if (cli.isJson) return cli.json({ stage: canary.stage, ...status });
    const colours = cli.colours.stdout;
    for (const line of headLines(status, colours)) cli.print(line);
    if (status.steps.length > 0) {
      cli.print(`\n${formatTable(STEP_COLUMNS, status.steps.map(stepRow), colours)}`);
    }
    const { last } = status;
    if (last !== null) {
      cli.print(`\nLast evaluation, ${last.at}${overWords(last)}:`);
      cli.print(
        formatTable(
          KPI_COLUMNS,
          last.kpis.map((kpi) => kpiRow(kpi, colours)),
          colours,
        ),
      );
    }
    for (const note of status.notes) cli.print(colours.dim(oneLine(note)));
  });
}

function headLines(status: CanaryStatus, colours: Colours): readonly string[] {
  const { service, baseline, candidate, phase, weight, question, paused, decision, waits_for } = status;
  const traffic = weight === null ? 'at an unknown weight' : `at ${weight} percent`;
  const title = `${colours.bold(oneLine(service))}  ${oneLine(baseline)} → ${oneLine(candidate)}`;
  const by = decision === null ? '' : (decision.who ?? decision.by);
  return [
    `${title}  ${phase.replaceAll('_', ' ')} ${traffic}`,
    ...(decision === null
      ? []
      : [
          `${decision.decision === 'promote' ? 'Promoted' : 'Rolled back'} by ${oneLine(by)}: ${oneLine(decision.reason)}`,
        ]),
    ...(paused === null ? [] : [colours.yellow(`Paused by ${oneLine(paused.by)} since ${paused.at}`)]),
    ...(waits_for === 'nothing' ? [] : [`Waits for ${oneLine(waits_for)}`]),
    ...(question?.times_out_at === null || question === null
      ? []
      : [`Decided without people at ${question.times_out_at}`]),
  ];
}

function overWords({ window_seconds }: Evaluation): string {
  return window_seconds === undefined ? '' : `, over ${formatDuration(window_seconds * 1000)}`;
}

function stepRow({ weight, status, counts, started_at, ended_at }: StepReport): readonly string[] {
  const took = (ended_at === null ? Date.now() : Date.parse(ended_at)) - Date.parse(started_at);
  const { successful, failed, inconclusive } = counts;
  return [`${weight} %`, status, String(successful), String(failed), String(inconclusive), duration(took)];
}

function kpiRow(kpi: KpiVerdict, colours: Colours): readonly string[] {
  const { name, verdict, candidate, baseline, margin, reason } = kpi;
  const numbers = [candidate, baseline, margin].map((value) => (value === null ? '' : shown(value)));
  return [oneLine(name), coloured(verdict, colours), ...numbers, oneLine(reason ?? '')];
}

function coloured(verdict: Verdict, colours: Colours): string {
  if (verdict === 'successful') return colours.green(verdict);
  return verdict === 'failed' ? colours.red(verdict) : colours.yellow(verdict);
}

/** As exact as people read. */
function shown(value: number): string {
  return String(Number(value.toPrecision(5)));
}
