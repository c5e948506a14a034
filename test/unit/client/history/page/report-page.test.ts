import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCharts } from '../../../../../src/client/history/page/draw-chart.js';
import { reportPage } from '../../../../../src/client/history/page/report-page.js';
import type { PastRuns } from '../../../../../src/client/history/read-runs.js';
import { runMetrics } from '../../../../../src/client/history/run-metrics.js';
import { runReport } from '../../../../../src/client/history/run-report.js';
import { aPastRun, pastRuns } from '../../../../support/a-past-run.js';
import { START } from '../../../../support/a-run.js';
import { openPage, type PageFacts } from '../../../../support/open-page.js';

const NOW = new Date(START + 9 * 86_400_000);
const PERIOD = { pipeline: null, from: new Date(START).toISOString(), to: null };
const EVIL = '<img src=x onerror=alert(1)>"\'</script><b>&`';
const DAY = 1440;

/** A week of two pipelines, with failures, retries, counters, and names that would break out of a page. */
const past: PastRuns = pastRuns(
  Array.from({ length: 42 }, (_, n) => {
    const error = { type: n % 2 === 0 ? 'HttpError' : EVIL, stage: 'load', message: EVIL };
    const isBad = n % 9 === 8;
    return aPastRun(Math.floor(n / 6) * DAY + (n % 6) * 10, {
      run_id: `run-${n}`,
      pipeline: n % 3 === 0 ? 'features' : 'market-data',
      status: isBad ? (n % 2 === 0 ? 'failed' : 'timed_out') : 'succeeded',
      duration_ms: n === 40 ? 900_000 : 60_000 + n * 100,
      summary: {
        queue_ms: n * 3,
        retries: n % 4,
        stages: {
          load: {
            at: 200,
            ms: 20_000 + n * 10,
            queue_ms: n,
            ...(isBad ? { status: 'failed', error: error.type } : {}),
          },
          [EVIL]: { at: 20_500, ms: 30_000 - n, attempts: 1 + (n % 4) },
        },
        metrics: { rows: 1000 + n, tokens: 50, cost_usd: 0.01 },
        ...(isBad ? { error } : {}),
      },
    });
  }).sort((a, b) => a.started_at.localeCompare(b.started_at)),
);

describe('the page of a report', () => {
  let dir = '';
  let html = '';
  let page: PageFacts;
  const report = runReport(past, PERIOD, NOW);

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sluice-page-'));
    html = reportPage(report, await loadCharts(), NOW);
    await writeFile(join(dir, 'report.html'), html);
    page = await openPage(join(dir, 'report.html'));
  });
  afterAll(() => rm(dir, { recursive: true }));

  it('shows trend, timeline, slowest stages and failures as charts that need no network', () => {
    expect(page.headings).toEqual([
      'All pipelines',
      'What is unusual',
      'Pipelines',
      'Runs a day',
      'Time of a run',
      'Last run',
      'Slowest stages',
      'Failures by cause',
      'All stages',
    ]);
    expect(page.charts).toBe(5);
    expect(page.faults).toEqual([]);
  });

  it('shows the numbers of the metrics and no others', () => {
    const metrics = JSON.parse(JSON.stringify(runMetrics(past, PERIOD, NOW))) as unknown;
    expect(page.numbers.length).toBeGreaterThan(40);
    for (const [name, value] of page.numbers)
      expect([name, Number(value)]).toEqual([name, at(metrics, name)]);
    const shown = page.numbers.map(([name]) => name);
    expect(shown).toEqual(
      expect.arrayContaining([
        'runs.total',
        'runs.success_rate',
        'duration_ms.p50',
        'duration_ms.p95',
        'duration_ms.p99',
        'queue_ms.p50',
        'retries.total',
        'records.total',
        'tokens.total',
        'cost.total',
        'stages.0.duration_ms.p95',
        'failures.0.count',
      ]),
    );
  });

  it('shows names and messages as text, whatever they hold', () => {
    expect(page.intruders).toBe(0);
    expect(html).toContain("default-src 'none'");
  });

  it('holds the whole report as JSON', () => {
    const text =
      /<script type="application\/json" id="report">(.*)<\/script>\n<\/body>/.exec(html)?.[1] ?? '';
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(report)));
  });

  it('says so when there were no runs', async () => {
    const empty = reportPage(runReport(pastRuns([]), PERIOD, NOW), await loadCharts(), NOW);
    expect(empty).toContain('No runs in this time.');
    expect(await readFile(join(dir, 'report.html'), 'utf8')).toBe(html);
  });
});

/** The value under a path such as `stages.0.failed`. */
function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], value);
}
