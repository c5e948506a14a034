import { type Distribution, distributionOf, shareOf, tidy } from './distribution.js';
import { type FailureCause, failureCauses } from './failure-causes.js';
import type { PastRun, PastRuns } from './read-runs.js';
import { type StageMetrics, stageMetrics } from './stage-metrics.js';
import { type CounterKind, counterKind, type Volume, volumeOf } from './volume.js';

/** Which runs the numbers are about. Times are ISO 8601 in UTC; null for no limit. */
export type MetricsPeriod = {
  readonly pipeline: string | null;
  readonly from: string | null;
  readonly to: string | null;
};

export type RunCounts = {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly timed_out: number;
  readonly cancelled: number;
  /** Running or queued. */
  readonly open: number;
  /** Succeeded although a stage failed, fell back or lost items. */
  readonly partial: number;
  /** Of the runs that succeeded, failed or timed out; one that was cancelled is neither. */
  readonly success_rate: number | null;
  readonly failure_rate: number | null;
};

/** A total over all runs, and what it comes to. */
export type Total = { readonly total: number; readonly per_run: Distribution };

export type CounterMetrics = Total & { readonly kind: CounterKind };

/** How the runs of a time did. Times and percentiles of runs are those of runs that succeeded. */
export type RunMetrics = MetricsPeriod & {
  readonly runs: RunCounts;
  /** True when there are more runs than were read: these are the latest ones. */
  readonly cut: boolean;
  /** Ended runs that left no summary; only how and when they ended is known of them. */
  readonly without_summary: number;
  readonly duration_ms: Distribution | null;
  /** Until the first stage started, of all runs that ended. */
  readonly queue_ms: Distribution | null;
  readonly throughput: {
    readonly runs_per_day: number | null;
    /** While runs were at work. */
    readonly records_per_second: number | null;
  };
  readonly retries: { readonly total: number; readonly runs: number };
  readonly records: Total | null;
  readonly cost: Total | null;
  readonly tokens: Total | null;
  readonly counters: Readonly<Record<string, CounterMetrics>>;
  /** The slowest first, by their median. */
  readonly stages: readonly StageMetrics[];
  /** The most frequent first. */
  readonly failures: readonly FailureCause[];
};

const DAY_MS = 86_400_000;

/** Computes the numbers from what runs left behind. */
export function runMetrics(past: PastRuns, period: MetricsPeriod, now = new Date()): RunMetrics {
  const { runs } = past;
  const ended = runs.filter((run) => run.ended_at !== null);
  const summaries = ended.flatMap(({ summary }) => summary ?? []);
  const succeeded = ended.filter((run) => run.status === 'succeeded');
  const volumes = summaries.map(volumeOf);
  const retries = summaries.flatMap(({ retries = 0 }) => (retries === 0 ? [] : [retries]));
  return {
    ...period,
    runs: countsOf(runs),
    cut: past.isCut,
    without_summary: ended.length - summaries.length,
    duration_ms: distributionOf(succeeded.flatMap(({ duration_ms }) => duration_ms ?? [])),
    queue_ms: distributionOf(summaries.map(({ queue_ms = 0 }) => queue_ms)),
    throughput: {
      runs_per_day: runsPerDay(past, ended.length, period, now),
      records_per_second: recordsPerSecond(ended),
    },
    retries: { total: sum(retries), runs: retries.length },
    records: totalOf(volumes, 'records'),
    cost: totalOf(volumes, 'cost'),
    tokens: totalOf(volumes, 'tokens'),
    counters: countersOf(ended),
    stages: stageMetrics(ended),
    failures: failureCauses(ended),
  };
}

function countsOf(runs: readonly PastRun[]): RunCounts {
  const count = (...statuses: readonly PastRun['status'][]): number =>
    runs.filter(({ status }) => statuses.includes(status)).length;
  const succeeded = count('succeeded');
  const decided = count('succeeded', 'failed', 'timed_out');
  return {
    total: runs.length,
    succeeded,
    failed: count('failed'),
    timed_out: count('timed_out'),
    cancelled: count('cancelled'),
    open: count('running', 'queued'),
    partial: runs.filter(({ summary }) => summary?.partial === true).length,
    success_rate: shareOf(succeeded, decided),
    failure_rate: shareOf(decided - succeeded, decided),
  };
}

/** Over the time that was asked about; from the first start on where that has no beginning, or was not read whole. */
function runsPerDay(
  { runs, isCut }: PastRuns,
  ended: number,
  { from, to }: MetricsPeriod,
  now: Date,
): number | null {
  const first = (isCut ? null : from) ?? runs.at(-1)?.started_at;
  if (first === undefined) return null;
  const end = Math.min(now.getTime(), to === null ? Infinity : Date.parse(to));
  const days = (end - Date.parse(first)) / DAY_MS;
  return days <= 0 ? null : Number((ended / days).toPrecision(6));
}

function recordsPerSecond(ended: readonly PastRun[]): number | null {
  let records = 0;
  let ms = 0;
  for (const { summary } of ended) {
    const count = summary === null ? null : volumeOf(summary).records;
    if (summary === null || count === null) continue;
    records += count;
    ms += summary.ms;
  }
  return ms === 0 ? null : Number((records / (ms / 1000)).toPrecision(6));
}

function totalOf(volumes: readonly Volume[], name: keyof Volume): Total | null {
  const values = volumes.flatMap((volume) => volume[name] ?? []);
  const per_run = distributionOf(values);
  return per_run === null ? null : { total: sum(values), per_run };
}

function countersOf(ended: readonly PastRun[]): Record<string, CounterMetrics> {
  const values = new Map<string, number[]>();
  for (const { summary } of ended) {
    for (const [name, value] of Object.entries(summary?.metrics ?? {})) {
      const list = values.get(name);
      if (list === undefined) values.set(name, [value]);
      else list.push(value);
    }
  }
  const counters = [...values].flatMap(([name, list]) => {
    const per_run = distributionOf(list);
    return per_run === null
      ? []
      : [[name, { kind: counterKind(name), total: sum(list), per_run }] satisfies [string, CounterMetrics]];
  });
  return Object.fromEntries(counters);
}

function sum(values: readonly number[]): number {
  return tidy(values.reduce((total, value) => total + value, 0));
}
