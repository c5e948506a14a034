import type { RunEndStatus } from '../result.js';
import type { CheckLevel, EndedRun, OpenRun, QueueFacts, ScheduleFacts, WorkerFacts } from './facts.js';

/**
 * - `ok`: nothing to do.
 * - `warn`: worth a look, and nothing is wrong yet.
 * - `fail`: something is wrong, and somebody should mend it.
 */
export type HealthLevel = CheckLevel;

/**
 * - `pipeline_status`: how its last run ended.
 * - `freshness`: whether its data is too old.
 * - `error_rate`: how many of its runs fail.
 * - `overdue`: runs past their deadline.
 * - `schedule`: runs that a schedule should have started.
 * - `task_queue`: whether anybody takes work from a queue.
 * - `worker`: workers that went silent.
 * - `disk`, `memory`: of a worker's machine.
 * - `store`: whether payloads, logs and artifacts can be kept.
 * - `check`: one that the configuration names.
 * - `monitor`: whether anybody looks when nobody does.
 * - `gap`: something that could not be looked at.
 */
export type HealthCheckName =
  | 'pipeline_status'
  | 'freshness'
  | 'error_rate'
  | 'overdue'
  | 'schedule'
  | 'task_queue'
  | 'worker'
  | 'disk'
  | 'memory'
  | 'store'
  | 'check'
  | 'monitor'
  | 'gap';

/** One thing that was looked at. `fix` says what to do; null when nothing needs doing. */
export type HealthFinding = {
  readonly check: HealthCheckName;
  /** The pipeline, schedule, queue, worker or check that it is about. */
  readonly subject: string;
  readonly level: HealthLevel;
  readonly message: string;
  readonly fix: string | null;
};

/** A pipeline at a glance. Null stands for what is not known. */
export type PipelineHealth = {
  readonly pipeline: string;
  readonly level: HealthLevel;
  /** How its last run that ended did; null when none did. */
  readonly status: RunEndStatus | null;
  /** What it does now. */
  readonly current: 'idle' | 'running' | 'queued';
  readonly last_run: EndedRun | null;
  readonly last_success: EndedRun | null;
  readonly freshness: 'fresh' | 'stale' | 'unknown';
  readonly data_age_hours: number | null;
  readonly max_age_hours: number | null;
  /** Runs that `error_rate` and `average_duration_ms` are about. */
  readonly runs_counted: number;
  readonly error_rate: number | null;
  /** Of runs that succeeded. */
  readonly average_duration_ms: number | null;
  readonly duration_ms: number | null;
  readonly running: number;
  /** Of the runs that go on, the one that began first. */
  readonly oldest_open: OpenRun | null;
  readonly awaiting_people: number;
  readonly overdue: readonly string[];
  readonly missed_schedules: number;
  readonly next_run_at: string | null;
};

/** All that is known at one moment, and what of it is wrong. */
export type HealthReport = {
  readonly at: string;
  readonly namespace: string;
  /** False when something is wrong; warnings alone leave it true. */
  readonly ok: boolean;
  readonly level: HealthLevel;
  readonly pipelines: readonly PipelineHealth[];
  readonly schedules: readonly ScheduleFacts[];
  readonly task_queues: readonly QueueFacts[];
  readonly workers: readonly WorkerFacts[];
  /** Everything that was looked at, what is worst first. */
  readonly findings: readonly HealthFinding[];
};
