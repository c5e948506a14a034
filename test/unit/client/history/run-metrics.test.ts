import { expect, it } from 'vitest';
import { runMetrics } from '../../../../src/client/history/run-metrics.js';
import { counterKind, volumeOf } from '../../../../src/client/history/volume.js';
import { aPastRun, pastRuns } from '../../../support/a-past-run.js';
import { START } from '../../../support/a-run.js';

const PERIOD = { pipeline: 'market-data', from: null, to: null };
const error = { type: 'HttpError', stage: 'load', message: '503' };

it('counts how runs ended, and leaves out cancelled ones of the rates', () => {
  const metrics = runMetrics(
    pastRuns([
      aPastRun(0),
      aPastRun(1, { summary: { partial: true } }),
      aPastRun(2),
      aPastRun(3, { status: 'failed' }),
      aPastRun(4, { status: 'cancelled' }),
      aPastRun(5, { status: 'running' }),
    ]),
    PERIOD,
  );
  expect(metrics.runs).toEqual({
    total: 6,
    succeeded: 3,
    failed: 1,
    timed_out: 0,
    cancelled: 1,
    open: 1,
    partial: 1,
    success_rate: 0.75,
    failure_rate: 0.25,
  });
});

it('measures runs and stages that succeeded, and what they waited for', () => {
  const runs = [1, 2, 3].map((n) =>
    aPastRun(n, {
      duration_ms: n * 1000,
      summary: {
        queue_ms: n * 10,
        retries: n - 1,
        stages: { slow: { at: 0, ms: n * 900, queue_ms: n, attempts: n }, quick: { at: 0, ms: n } },
      },
    }),
  );
  const failed = aPastRun(4, {
    status: 'failed',
    duration_ms: 1,
    summary: { stages: { slow: { status: 'failed', at: 0, ms: 1 }, quick: { status: 'skipped' } } },
  });
  const metrics = runMetrics(pastRuns([...runs, failed]), PERIOD);
  expect(metrics.duration_ms).toMatchObject({ count: 3, p50: 2000, max: 3000, mean: 2000 });
  expect(metrics.queue_ms).toMatchObject({ count: 4, max: 30 });
  expect(metrics.retries).toEqual({ total: 3, runs: 2 });
  expect(metrics.stages).toMatchObject([
    { stage: 'slow', executions: 4, succeeded: 3, failed: 1, failure_rate: 0.25, retries: 3 },
    { stage: 'quick', executions: 3, succeeded: 3, skipped: 1, duration_ms: { p50: 2 } },
  ]);
});

it('adds up what runs counted', () => {
  const metrics = runMetrics(
    pastRuns([
      aPastRun(0, {
        duration_ms: 2000,
        summary: { metrics: { rows_loaded: 100, rows_stored: 90, cost_usd: 0.1 } },
      }),
      aPastRun(1, { duration_ms: 2000, summary: { metrics: { rows_loaded: 300, cost_usd: 0.2 } } }),
      aPastRun(2, { summary: { items: [7, 1] } }),
    ]),
    PERIOD,
  );
  expect(metrics.records).toMatchObject({ total: 407, per_run: { p50: 100, max: 300 } });
  expect(metrics.cost).toMatchObject({ total: 0.3 });
  expect(metrics.tokens).toBeNull();
  expect(metrics.counters['rows_stored']).toMatchObject({ kind: 'records', total: 90 });
  expect(metrics.throughput.records_per_second).toBe(29.0714);
});

it('counts runs per day over the time that was asked about', () => {
  const now = new Date(START + 4 * 86_400_000);
  const runs = pastRuns([aPastRun(0), aPastRun(1)]);
  expect(runMetrics(runs, PERIOD, now).throughput.runs_per_day).toBe(0.5);
  const to = new Date(START + 86_400_000).toISOString();
  const from = new Date(START).toISOString();
  expect(runMetrics(runs, { ...PERIOD, from, to }, now).throughput.runs_per_day).toBe(2);
});

it('groups failures by what failed and where', () => {
  const timedOut = { status: 'timed_out', summary: null } as const;
  const metrics = runMetrics(
    pastRuns([
      aPastRun(0, { status: 'failed', summary: { error } }),
      { ...aPastRun(1), ...timedOut },
      aPastRun(2, { status: 'failed', summary: { error: { ...error, message: '504' } } }),
    ]),
    PERIOD,
  );
  expect(metrics.without_summary).toBe(1);
  expect(metrics.failures).toMatchObject([
    { stage: 'load', type: 'HttpError', count: 2, share: 0.6667, last: { message: '504' } },
    { stage: '', type: 'TimeoutError', count: 1 },
  ]);
});

it('has no numbers where there were no runs', () => {
  const metrics = runMetrics(pastRuns([]), PERIOD);
  expect(metrics).toMatchObject({ duration_ms: null, records: null, stages: [], failures: [], counters: {} });
  expect(metrics.runs).toMatchObject({ total: 0, success_rate: null });
  expect(metrics.throughput).toEqual({ runs_per_day: null, records_per_second: null });
});

it.each([
  ['rows_loaded', 'records'],
  ['recordsRead', 'records'],
  ['prompt_tokens', 'tokens'],
  ['cost_usd', 'cost'],
  ['LLM-cost', 'cost'],
  ['arrows', 'other'],
  ['accuracy', 'other'],
])('takes the counter %s for one of kind %s', (name, kind) => {
  expect(counterKind(name)).toBe(kind);
});

it('counts no token twice where a counter holds the total', () => {
  const summary = (metrics: Record<string, number>) => ({
    v: 1 as const,
    status: 'succeeded' as const,
    ms: 1,
    counts: {},
    stages: {},
    metrics,
  });
  const parts = { prompt_tokens: 3, completion_tokens: 4 };
  expect(volumeOf(summary(parts)).tokens).toBe(7);
  expect(volumeOf(summary({ ...parts, total_tokens: 7 })).tokens).toBe(7);
});
