import { duration } from '../../render/wording.js';
import type { Anomaly } from '../anomalies.js';
import type { FailureCause } from '../failure-causes.js';
import { percentWords } from '../number-words.js';
import type { PipelineMetrics } from '../run-report.js';
import type { StageMetrics } from '../stage-metrics.js';
import { unusualRuns } from '../unusual-runs.js';
import { escapeHtml } from './escape.js';
import { valueTag } from './value-tag.js';

type Cell = { readonly html: string; readonly isNumber?: true; readonly isShort?: true };

const MOST_RUNS = 8;

export function anomalyTable(anomalies: readonly Anomaly[]): string {
  const runs = unusualRuns(anomalies);
  if (runs.length === 0) return '';
  const rows = runs
    .slice(0, MOST_RUNS)
    .map(({ started_at, workflow_id, messages }) => [
      { html: escapeHtml(when(started_at)), isShort: true as const },
      { html: escapeHtml(workflow_id), isShort: true as const },
      { html: messages.map(escapeHtml).join('<br>') },
    ]);
  const more = runs.length - MOST_RUNS;
  const rest = more <= 0 ? '' : `<p class="soft">${more} more runs: sluice anomalies</p>`;
  return `${table(['Started', 'Run', 'What'], rows)}${rest}`;
}

export function pipelineTable(pipelines: readonly PipelineMetrics[]): string {
  const rows = pipelines.map(({ pipeline, runs, duration_ms: time, retries, records, last }) => [
    text(pipeline),
    count(runs.total),
    number(percentWords(runs.success_rate)),
    number(time === null ? '' : duration(time.p50)),
    number(time === null ? '' : duration(time.p95)),
    count(retries.total),
    number(records === null ? '' : records.total.toLocaleString('en-US')),
    text(`${when(last.started_at)} ${last.status.replace('_', ' ')}`),
  ]);
  return table(['Pipeline', '#Runs', '#Success', '#P50', '#P95', '#Retries', '#Records', 'Last run'], rows);
}

export function failureTable(causes: readonly FailureCause[], nameOf: (one: FailureCause) => string): string {
  const rows = causes.map((cause, index) => [
    text(cause.type),
    text(nameOf(cause)),
    { html: valueTag(`failures.${index}.count`, cause.count), isNumber: true as const },
    { html: valueTag(`failures.${index}.share`, cause.share, 'share'), isNumber: true as const },
    text(`${cause.last.workflow_id}: ${cause.last.message}`),
  ]);
  return table(['Failure', 'Where', '#Runs', '#Share', 'Last'], rows);
}

export function stageTable(stages: readonly StageMetrics[], nameOf: (one: StageMetrics) => string): string {
  const rows = stages.map((stage, index) => {
    const at = `stages.${index}`;
    const tag = (name: string, value: number | null | undefined, shape?: 'time' | 'share'): Cell => ({
      html: valueTag(`${at}.${name}`, value, shape),
      isNumber: true,
    });
    return [
      text(nameOf(stage)),
      tag('executions', stage.executions),
      tag('failed', stage.failed),
      tag('failure_rate', stage.failure_rate, 'share'),
      tag('retries', stage.retries),
      tag('duration_ms.p50', stage.duration_ms?.p50, 'time'),
      tag('duration_ms.p95', stage.duration_ms?.p95, 'time'),
      tag('duration_ms.p99', stage.duration_ms?.p99, 'time'),
      tag('queue_ms.p95', stage.queue_ms?.p95, 'time'),
    ];
  });
  const titles = ['Stage', '#Runs', '#Failed', '#Rate', '#Retries', '#P50', '#P95', '#P99', '#Waited (P95)'];
  return table(titles, rows);
}

/** `2026-03-01 19:00`. */
export function when(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}

function table(titles: readonly string[], rows: ReadonlyArray<readonly Cell[]>): string {
  const head = titles.map((title) =>
    title.startsWith('#')
      ? `<th class="n">${escapeHtml(title.slice(1))}</th>`
      : `<th>${escapeHtml(title)}</th>`,
  );
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`);
  return `<table><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('\n')}</tbody></table>`;
}

function cell({ html, isNumber, isShort }: Cell): string {
  const kind = isNumber === true ? 'n' : isShort === true ? 'w' : 'id';
  return `<td class="${kind}">${html}</td>`;
}

function text(words: string): Cell {
  return { html: escapeHtml(words) };
}

function number(words: string): Cell {
  return { html: escapeHtml(words), isNumber: true };
}

function count(value: number): Cell {
  return number(value.toLocaleString('en-US'));
}
