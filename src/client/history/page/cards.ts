import type { RunMetrics, Total } from '../run-metrics.js';
import { valueTag } from './value-tag.js';

/** The numbers that people look for first. */
export function cards(metrics: RunMetrics): string {
  const { runs, duration_ms: time, queue_ms: wait, retries, throughput } = metrics;
  const all = [
    card('Runs', valueTag('runs.total', runs.total), [
      part(valueTag('throughput.runs_per_day', throughput.runs_per_day), 'a day'),
    ]),
    card('Success rate', rateTag(runs.success_rate), countsOf(runs)),
    card('Time of a run (P50)', valueTag('duration_ms.p50', time?.p50, 'time'), [
      part('P95', valueTag('duration_ms.p95', time?.p95, 'time')),
      part('P99', valueTag('duration_ms.p99', time?.p99, 'time')),
    ]),
    card('Wait before it starts (P50)', valueTag('queue_ms.p50', wait?.p50, 'time'), [
      part('P95', valueTag('queue_ms.p95', wait?.p95, 'time')),
    ]),
    card('Retries', valueTag('retries.total', retries.total), [
      part('in', valueTag('retries.runs', retries.runs), 'runs'),
    ]),
    totalCard('Records', 'records', metrics.records, [
      part(valueTag('throughput.records_per_second', throughput.records_per_second), 'a second'),
    ]),
    totalCard('Tokens', 'tokens', metrics.tokens),
    totalCard('Cost', 'cost', metrics.cost),
  ];
  return `<dl class="cards">${all.join('\n')}</dl>`;
}

function rateTag(rate: number | null): string {
  if (rate === null) return '–';
  const tone = rate >= 0.99 ? 'good' : rate >= 0.9 ? 'late' : 'bad';
  return `<span class="${tone}">${valueTag('runs.success_rate', rate, 'share')}</span>`;
}

function countsOf(runs: RunMetrics['runs']): readonly string[] {
  const shown = [
    ['failed', 'failed'],
    ['timed_out', 'timed out'],
    ['cancelled', 'cancelled'],
    ['open', 'open'],
  ] as const;
  const others = shown.filter(([key]) => runs[key] > 0);
  return [
    part(valueTag('runs.succeeded', runs.succeeded), 'succeeded'),
    ...others.map(([key, words]) => part(valueTag(`runs.${key}`, runs[key]), words)),
  ];
}

function totalCard(
  title: string,
  name: 'records' | 'tokens' | 'cost',
  total: Total | null,
  more: readonly string[] = [],
): string {
  if (total === null) return '';
  return card(title, valueTag(`${name}.total`, total.total), [
    part(valueTag(`${name}.per_run.p50`, total.per_run.p50), 'a run (P50)'),
    ...more,
  ]);
}

function card(title: string, value: string, more: readonly string[]): string {
  const rest = more.filter((words) => words !== '').join(', ');
  return `<div class="card"><dt>${title}</dt><dd>${value === '' ? '–' : value}</dd><dd class="more">${rest}</dd></div>`;
}

/** Words around a number; nothing where there is no number. */
function part(...words: readonly string[]): string {
  return words.includes('') ? '' : words.join(' ');
}
