import type { RunEndStatus } from '../../engine/result.js';
import type { StageSummary } from '../../engine/run-summary.js';
import { type Anomaly, findAnomalies } from './anomalies.js';
import { distributionOf } from './distribution.js';
import type { PastRun, PastRuns } from './read-runs.js';
import { type MetricsPeriod, type RunMetrics, runMetrics } from './run-metrics.js';

/** The runs of one day, in UTC, by the day on which they started. */
export type DayMetrics = {
  /** `2026-03-01` */
  readonly day: string;
  readonly succeeded: number;
  readonly failed: number;
  readonly timed_out: number;
  readonly cancelled: number;
  readonly open: number;
  /** Of runs that succeeded. */
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
};

/** One pipeline in a report about several. */
export type PipelineMetrics = RunMetrics & { readonly pipeline: string; readonly last: LastRun };

export type LastRun = Pick<PastRun, 'workflow_id' | 'run_id' | 'status' | 'started_at' | 'duration_ms'>;

/** The stages of the last run that ended, for a picture of how its time was spent. */
export type RunTimeline = LastRun & {
  readonly pipeline: string;
  readonly status: RunEndStatus;
  readonly stages: ReadonlyArray<StageSummary & { readonly stage: string }>;
};

/** How pipelines did over some time. */
export type RunReport = {
  readonly metrics: RunMetrics;
  /** By their number of runs. */
  readonly pipelines: readonly PipelineMetrics[];
  /** Every day from the first to the last one with a run. */
  readonly days: readonly DayMetrics[];
  readonly last_run: RunTimeline | null;
  readonly anomalies: readonly Anomaly[];
};

/** Makes a report of runs. */
export function runReport(past: PastRuns, period: MetricsPeriod, now = new Date()): RunReport {
  return {
    metrics: runMetrics(past, period, now),
    pipelines: pipelinesOf(past, period, now),
    days: daysOf(past.runs),
    last_run: timelineOf(past.runs),
    anomalies: findAnomalies(past, period).anomalies,
  };
}

function pipelinesOf(
  { runs, isCut }: PastRuns,
  period: MetricsPeriod,
  now: Date,
): readonly PipelineMetrics[] {
  return [...groupBy(runs, ({ pipeline }) => pipeline)]
    .flatMap(([pipeline, own]) => {
      const [last] = own;
      if (last === undefined) return [];
      const { workflow_id, run_id, status, started_at, duration_ms } = last;
      const metrics = runMetrics({ runs: own, isCut }, { ...period, pipeline }, now);
      return [{ ...metrics, pipeline, last: { workflow_id, run_id, status, started_at, duration_ms } }];
    })
    .sort((a, b) => b.runs.total - a.runs.total);
}

const DAY_MS = 86_400_000;

function daysOf(runs: readonly PastRun[]): readonly DayMetrics[] {
  const byDay = groupBy(runs, ({ started_at }) => started_at.slice(0, 10));
  const known = [...byDay.keys()].sort();
  const first = known[0];
  const last = known.at(-1);
  if (first === undefined || last === undefined) return [];
  const days: DayMetrics[] = [];
  for (let time = Date.parse(first); time <= Date.parse(last); time += DAY_MS) {
    const day = new Date(time).toISOString().slice(0, 10);
    days.push(dayOf(day, byDay.get(day) ?? []));
  }
  return days;
}

function dayOf(day: string, runs: readonly PastRun[]): DayMetrics {
  const count = (...statuses: readonly PastRun['status'][]): number =>
    runs.filter(({ status }) => statuses.includes(status)).length;
  const times = runs.flatMap(({ status, duration_ms }) =>
    status === 'succeeded' && duration_ms !== null ? [duration_ms] : [],
  );
  const spread = distributionOf(times);
  return {
    day,
    succeeded: count('succeeded'),
    failed: count('failed'),
    timed_out: count('timed_out'),
    cancelled: count('cancelled'),
    open: count('running', 'queued'),
    p50_ms: spread?.p50 ?? null,
    p95_ms: spread?.p95 ?? null,
  };
}

function timelineOf(runs: readonly PastRun[]): RunTimeline | null {
  const last = runs.find(({ summary }) => summary !== null);
  if (last?.summary === undefined || last.summary === null) return null;
  const { workflow_id, run_id, pipeline, started_at, summary } = last;
  return {
    pipeline,
    workflow_id,
    run_id,
    status: summary.status,
    started_at,
    duration_ms: summary.ms,
    stages: Object.entries(summary.stages).map(([stage, rest]) => ({ stage, ...rest })),
  };
}

function groupBy<T>(list: readonly T[], keyOf: (value: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const value of list) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}
