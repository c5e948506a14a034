import type { RunMetrics } from '../run-metrics.js';
import type { RunReport } from '../run-report.js';
import { cards } from './cards.js';
import { failuresChart, runsChart, stagesChart, timesChart } from './charts.js';
import type { Chart } from './charts.js';
import type { DrawChart } from './draw-chart.js';
import { escapeHtml, scriptJson } from './escape.js';
import { PAGE_STYLE } from './page-style.js';
import { anomalyTable, failureTable, pipelineTable, stageTable, when } from './tables.js';
import { timelineChart } from './timeline-chart.js';

const MOST_BARS = 12;

/**
 * A report as one page that needs nothing else: no script, no font, no picture from elsewhere. Every number that
 * `metrics --json` has too carries its name there, and the whole report lies in the page as JSON.
 */
export function reportPage(report: RunReport, draw: DrawChart, now = new Date()): string {
  const { metrics } = report;
  const title = `${metrics.pipeline ?? 'All pipelines'}: report`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
<header><h1>${escapeHtml(metrics.pipeline ?? 'All pipelines')}</h1><p class="soft">${period(metrics, now)}</p></header>
${cards(metrics)}
${metrics.runs.total === 0 ? '<section><p>No runs in this time.</p></section>' : sections(report, draw)}
<footer>${footnotes(metrics)}</footer>
</main>
<script type="application/json" id="report">${scriptJson(report)}</script>
</body>
</html>
`;
}

function sections({ metrics, pipelines, days, last_run, anomalies }: RunReport, draw: DrawChart): string {
  const isAll = metrics.pipeline === null && pipelines.length > 1;
  const nameOf = (one: { readonly pipeline: string; readonly stage: string }): string =>
    isAll ? `${one.pipeline}/${one.stage}` : one.stage;
  const slowest = metrics.stages.filter(({ duration_ms }) => duration_ms !== null).slice(0, MOST_BARS);
  const causes = metrics.failures.slice(0, MOST_BARS);
  return [
    section(
      'What is unusual',
      'Compared with runs of the same pipeline in the same mode.',
      anomalyTable(anomalies),
    ),
    isAll ? section('Pipelines', '', pipelineTable(pipelines)) : '',
    pair(
      figure('Runs a day', 'By the day (UTC) on which they started.', runsChart(days), draw),
      figure(
        'Time of a run',
        'Half of the runs that succeeded took less than P50, 95% less than P95.',
        timesChart(days),
        draw,
      ),
    ),
    last_run === null || last_run.stages.every(({ at }) => at === undefined)
      ? ''
      : figure('Last run', lastRunWords(last_run), timelineChart(last_run), draw, 1040),
    slowest.length === 0
      ? ''
      : figure(
          'Slowest stages',
          'P50 and P95 of the times that they succeeded.',
          stagesChart(slowest, nameOf),
          draw,
          1040,
        ),
    causes.length === 0
      ? ''
      : section(
          'Failures by cause',
          '',
          `${chart(
            failuresChart(causes, (cause) => `${cause.type} · ${nameOf(cause) || 'the run'}`),
            draw,
            1040,
            'Failures by cause',
          )}${failureTable(causes, nameOf)}`,
        ),
    metrics.stages.length === 0 ? '' : section('All stages', '', stageTable(metrics.stages, nameOf)),
  ].join('\n');
}

function lastRunWords({ workflow_id, status, started_at }: NonNullable<RunReport['last_run']>): string {
  return `${workflow_id}, ${status.replace('_', ' ')}, started ${when(started_at)}.`;
}

function section(title: string, words: string, body: string): string {
  if (body === '') return '';
  const about = words === '' ? '' : `<p class="soft">${escapeHtml(words)}</p>`;
  return `<section><h2>${escapeHtml(title)}</h2>${about}${body}</section>`;
}

function figure(title: string, words: string, what: Chart, draw: DrawChart, width = 520): string {
  return section(title, words, chart(what, draw, width, title));
}

function chart({ option, height }: Chart, draw: DrawChart, width: number, label: string): string {
  const svg = draw(option, { width, height });
  return `<figure role="img" aria-label="${escapeHtml(label)}">${svg}</figure>`;
}

function pair(...both: readonly string[]): string {
  return `<div class="pair">${both.join('\n')}</div>`;
}

function period({ from, to }: RunMetrics, now: Date): string {
  const end = when(to !== null && Date.parse(to) < now.getTime() ? to : now.toISOString());
  return from === null ? `Runs until ${end}` : `Runs from ${when(from)} to ${end}`;
}

function footnotes({ cut, without_summary }: RunMetrics): string {
  return [
    'Times are UTC. Rates are shares of the runs that succeeded, failed or timed out.',
    ...(cut ? ['There are more runs than were read: these are the latest ones.'] : []),
    ...(without_summary === 0
      ? []
      : [
          `${without_summary} runs ended without leaving word of their stages, for example because they were terminated.`,
        ]),
  ].join(' ');
}
