import type { RunSummary } from '../../engine/run-summary.js';
import { shareOf, tidy } from './distribution.js';
import { failureBurst } from './failure-burst.js';
import { describeAnomaly } from './describe-anomaly.js';
import type { PastRun, PastRuns } from './read-runs.js';
import type { MetricsPeriod } from './run-metrics.js';
import { isUnusual, NEEDED_RUNS, type Tolerance, type UsualRange, usualRange } from './usual-range.js';
import { volumeOf } from './volume.js';

/**
 * - `duration`: a run took much longer or shorter than others, or goes on for much longer.
 * - `stage_duration`: a stage of it did.
 * - `records`, `cost`, `tokens`: a run counted much more or fewer.
 * - `failures`: the latest runs fail more often than those before.
 * - `stage_failures`: a stage does.
 */
export type AnomalyKind =
  'duration' | 'stage_duration' | 'records' | 'cost' | 'tokens' | 'failures' | 'stage_failures';

export type Anomaly = {
  readonly kind: AnomalyKind;
  readonly pipeline: string;
  readonly mode: string | null;
  readonly stage: string | null;
  /** The run that is unusual; of failures the latest one. */
  readonly workflow_id: string;
  readonly run_id: string;
  readonly started_at: string;
  /** Milliseconds of a duration, a share of failures, else a count. */
  readonly value: number;
  /** What it is compared with; of failures `median` is their share before. */
  readonly usual: UsualRange;
  /** The value by the median; null where that is 0. */
  readonly ratio: number | null;
  /** One sentence that says all of it. */
  readonly message: string;
};

export type AnomalyReport = MetricsPeriod & {
  /** Newest first. */
  readonly anomalies: readonly Anomaly[];
  /** Runs that were compared. */
  readonly checked: number;
  /** Successful runs that a pipeline needs in one mode before anything is unusual. */
  readonly needed: number;
  /** What has fewer of them: nothing is said about it. */
  readonly too_few: ReadonlyArray<{
    readonly pipeline: string;
    readonly mode: string | null;
    readonly runs: number;
  }>;
  readonly cut: boolean;
};

/** Finds what is unusual among runs of the same pipeline in the same mode. */
export function findAnomalies(past: PastRuns, period: MetricsPeriod): AnomalyReport {
  const anomalies: Anomaly[] = [];
  const tooFew: { pipeline: string; mode: string | null; runs: number }[] = [];
  let checked = 0;
  for (const group of groupsOf(past.runs)) {
    const succeeded = group.filter(({ status }) => status === 'succeeded');
    const [first] = group;
    if (first !== undefined && succeeded.length < NEEDED_RUNS) {
      tooFew.push({ pipeline: first.pipeline, mode: first.mode, runs: succeeded.length });
    } else {
      checked += group.length;
      anomalies.push(...unusualTimes(group, succeeded), ...unusualVolumes(succeeded));
    }
    anomalies.push(...unusualFailures(group));
  }
  anomalies.sort((a, b) => b.started_at.localeCompare(a.started_at));
  return { ...period, anomalies, checked, needed: NEEDED_RUNS, too_few: tooFew, cut: past.isCut };
}

/** Runs of one pipeline in one mode, newest first. */
function groupsOf(runs: readonly PastRun[]): Iterable<readonly PastRun[]> {
  const groups = new Map<string, PastRun[]>();
  for (const run of runs) {
    const key = JSON.stringify([run.pipeline, run.mode]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [run]);
    else group.push(run);
  }
  return groups.values();
}

const TIME: Tolerance = { share: 0.25, absolute: 1_000 };
const AMOUNT: Tolerance = { share: 0.25, absolute: 0 };

/** One number of a run, and the run. */
type Value = { readonly run: PastRun; readonly value: number };

function unusualTimes(group: readonly PastRun[], succeeded: readonly PastRun[]): readonly Anomaly[] {
  const timed = (runs: readonly PastRun[]): readonly Value[] =>
    runs.flatMap((run) => (run.duration_ms === null ? [] : [{ run, value: run.duration_ms }]));
  const open = timed(group.filter(({ ended_at }) => ended_at === null));
  const usual = usualRange(
    timed(succeeded).map(({ value }) => value),
    TIME,
  );
  const tooLong = usual === null ? [] : open.filter(({ value }) => value > usual.high);
  return [
    ...outside('duration', null, [...tooLong, ...timed(succeeded)], usual),
    ...[...stageTimes(succeeded)].flatMap(([stage, values]) =>
      unusual('stage_duration', stage, values, TIME),
    ),
  ];
}

function stageTimes(succeeded: readonly PastRun[]): ReadonlyMap<string, readonly Value[]> {
  const times = new Map<string, Value[]>();
  for (const run of succeeded) {
    for (const [id, { status = 'succeeded', ms }] of Object.entries(run.summary?.stages ?? {})) {
      if (status !== 'succeeded' || ms === undefined) continue;
      const list = times.get(id);
      if (list === undefined) times.set(id, [{ run, value: ms }]);
      else list.push({ run, value: ms });
    }
  }
  return times;
}

function unusualVolumes(succeeded: readonly PastRun[]): readonly Anomaly[] {
  const volumes = succeeded.flatMap((run) =>
    run.summary === null ? [] : [{ run, volume: volumeOf(run.summary) }],
  );
  return (['records', 'cost', 'tokens'] as const).flatMap((kind) => {
    const values = volumes.flatMap(({ run, volume }) => {
      const value = volume[kind];
      return value === null ? [] : [{ run, value }];
    });
    return unusual(kind, null, values, AMOUNT);
  });
}

function unusual(
  kind: AnomalyKind,
  stage: string | null,
  values: readonly Value[],
  tolerance: Tolerance,
): readonly Anomaly[] {
  const usual = usualRange(
    values.map(({ value }) => value),
    tolerance,
  );
  return outside(kind, stage, values, usual);
}

function outside(
  kind: AnomalyKind,
  stage: string | null,
  values: readonly Value[],
  usual: UsualRange | null,
): readonly Anomaly[] {
  if (usual === null) return [];
  return values
    .filter(({ value }) => isUnusual(value, usual))
    .map(({ run, value }) => anomaly({ kind, stage, run, value, usual }));
}

type Found = Pick<Anomaly, 'kind' | 'stage' | 'value' | 'usual'> & { readonly run: PastRun };

function anomaly({ kind, stage, run, value, usual }: Found): Anomaly {
  const { pipeline, mode, workflow_id, run_id, started_at } = run;
  const ratio = usual.median === 0 ? null : Number((value / usual.median).toPrecision(3));
  const found = { kind, pipeline, mode, stage, workflow_id, run_id, started_at, value, usual, ratio };
  return { ...found, message: describeAnomaly({ ...found, isOpen: run.ended_at === null }) };
}

function unusualFailures(group: readonly PastRun[]): readonly Anomaly[] {
  const decided = group
    .filter(({ status }) => status === 'succeeded' || status === 'failed' || status === 'timed_out')
    .toReversed();
  const runs = decided.map((run) => ({ run, hasFailed: run.status !== 'succeeded' }));
  const byStage = new Map<string, { run: PastRun; hasFailed: boolean }[]>();
  for (const run of decided) {
    for (const [id, stage] of Object.entries(run.summary?.stages ?? {})) {
      const hasFailed = failedIn(stage);
      if (hasFailed === null) continue;
      const list = byStage.get(id);
      if (list === undefined) byStage.set(id, [{ run, hasFailed }]);
      else list.push({ run, hasFailed });
    }
  }
  return [
    ...burstOf('failures', null, runs),
    ...[...byStage].flatMap(([stage, list]) => burstOf('stage_failures', stage, list)),
  ];
}

/** Null for a stage that was not tried. */
function failedIn({ status = 'succeeded' }: RunSummary['stages'][string]): boolean | null {
  if (status === 'succeeded') return false;
  return status === 'failed' || status === 'timed_out' ? true : null;
}

function burstOf(
  kind: 'failures' | 'stage_failures',
  stage: string | null,
  list: ReadonlyArray<{ readonly run: PastRun; readonly hasFailed: boolean }>,
): readonly Anomaly[] {
  const burst = failureBurst(list.map(({ hasFailed }) => hasFailed));
  const latest = list.findLast(({ hasFailed }) => hasFailed);
  if (burst === null || latest === undefined) return [];
  const { before } = burst;
  const usual = { median: shareOf(before.failed, before.of) ?? 0, low: 0, high: 1, runs: before.of };
  const found = anomaly({ kind, stage, run: latest.run, value: tidy(burst.failed / burst.of), usual });
  return [{ ...found, message: describeAnomaly({ ...found, burst, isOpen: false }) }];
}
