import type { CanaryInput, KpiVerdict, StepReport } from '../../engine/canary.js';
import type { CanaryStatus } from './messages.js';

/** How a canary stands, as Markdown for the Temporal Web UI: the steps, and the KPIs of the last evaluation. */
export function canaryDetails(status: CanaryStatus, input: Pick<CanaryInput, 'steps'>): string {
  const { service, baseline, candidate, phase, weight, waits_for, decision, paused, notes } = status;
  const traffic = weight === null ? 'unknown weights' : `${weight} percent`;
  const head = `**${cell(service)}**: ${cell(baseline)} → ${cell(candidate)}, ${phase.replaceAll('_', ' ')} at ${traffic}`;
  const end =
    decision === null
      ? ''
      : `\n\n**${decision.decision.replace('_', ' ')}** by ${decision.by}: ${cell(decision.reason)}`;
  const pause = paused === null ? '' : `\n\n**Paused** by ${cell(paused.by)} since ${paused.at}`;
  const wait = waits_for === 'nothing' ? '' : `\n\nWaits for ${cell(waits_for)}`;
  const latest = notes.slice(-5).map((note) => `- ${cell(note)}`);
  return [
    `${head}${end}${pause}${wait}`,
    stepTable(status.steps, input.steps.length),
    kpiTable(status.last?.kpis ?? []),
    latest.join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function stepTable(steps: readonly StepReport[], total: number): string {
  if (steps.length === 0) return '';
  const rows = steps.map(
    ({ weight, status, counts }) =>
      `| ${weight} % | ${status} | ${counts.successful} | ${counts.failed} | ${counts.inconclusive} |`,
  );
  return `Steps taken: ${steps.length} of ${total}\n\n| weight | status | successful | failed | inconclusive |\n|---|---|---|---|---|\n${rows.join('\n')}`;
}

function kpiTable(kpis: readonly KpiVerdict[]): string {
  if (kpis.length === 0) return '';
  const rows = kpis.map(
    ({ name, verdict, candidate, baseline, margin, reason }) =>
      `| ${cell(name)} | ${verdict} | ${candidate ?? ''} | ${baseline ?? ''} | ${margin ?? ''} | ${cell(reason ?? '')} |`,
  );
  return `| KPI | verdict | candidate | baseline | margin | why |\n|---|---|---|---|---|---|\n${rows.join('\n')}`;
}

function cell(text: string): string {
  return text.slice(0, 300).replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
}
