import type { StageSummary } from '../../engine/run-summary.js';
import { type Distribution, distributionOf, shareOf } from './distribution.js';
import type { PastRun } from './read-runs.js';

/** How one stage did over many runs. */
export type StageMetrics = {
  readonly pipeline: string;
  readonly stage: string;
  /** Times that it was tried, whatever became of it. */
  readonly executions: number;
  readonly succeeded: number;
  readonly failed: number;
  /** It did not run, and its output came from a cache, an earlier run or a fallback. */
  readonly reused: number;
  readonly skipped: number;
  readonly failure_rate: number | null;
  /** Of those that succeeded. */
  readonly duration_ms: Distribution | null;
  /** Wait for a slot, for a pool and for a worker, of those that were tried. */
  readonly queue_ms: Distribution | null;
  readonly retries: number;
};

/** The numbers of every stage, the slowest first. Stages that a large run left out of its summary are not counted. */
export function stageMetrics(ended: readonly PastRun[]): readonly StageMetrics[] {
  const groups = new Map<string, { pipeline: string; stage: string; all: StageSummary[] }>();
  for (const { pipeline, summary } of ended) {
    for (const [stage, one] of Object.entries(summary?.stages ?? {})) {
      const key = `${pipeline}/${stage}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { pipeline, stage, all: [one] });
      else group.all.push(one);
    }
  }
  return [...groups.values()]
    .map(({ pipeline, stage, all }) => metricsOf(pipeline, stage, all))
    .sort((a, b) => (b.duration_ms?.p50 ?? -1) - (a.duration_ms?.p50 ?? -1));
}

function metricsOf(pipeline: string, stage: string, all: readonly StageSummary[]): StageMetrics {
  const succeeded = all.filter(({ status = 'succeeded' }) => status === 'succeeded');
  const failed = all.filter(({ status }) => status === 'failed' || status === 'timed_out').length;
  const tried = all.filter(
    ({ at, status }) => at !== undefined && status !== 'reused' && status !== 'skipped',
  );
  return {
    pipeline,
    stage,
    executions: tried.length,
    succeeded: succeeded.length,
    failed,
    reused: all.filter(({ status }) => status === 'reused').length,
    skipped: all.filter(({ status }) => status === 'skipped').length,
    failure_rate: shareOf(failed, succeeded.length + failed),
    duration_ms: distributionOf(succeeded.flatMap(({ ms }) => ms ?? [])),
    queue_ms: distributionOf(tried.map(({ queue_ms = 0 }) => queue_ms)),
    retries: all.reduce((total, { attempts = 1 }) => total + Math.max(0, attempts - 1), 0),
  };
}
