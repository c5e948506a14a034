import type { RunEndStatus } from '../result.js';

/** A run that ended. Times are ISO 8601 in UTC. */
export type EndedRun = {
  readonly workflow_id: string;
  readonly run_id: string;
  readonly status: RunEndStatus;
  readonly started_at: string;
  readonly ended_at: string;
  readonly duration_ms: number;
};

/** A run that goes on. */
export type OpenRun = {
  readonly workflow_id: string;
  readonly run_id: string;
  readonly status: 'running' | 'queued';
  readonly started_at: string;
  /** True while people have to decide something. */
  readonly is_awaiting: boolean;
  /** Null when it has none, or when nobody knows. */
  readonly deadline_at: string | null;
};

/** What is known of a pipeline, before it is judged. */
export type PipelineFacts = {
  readonly pipeline: string;
  /** Latest end first. */
  readonly ended: readonly EndedRun[];
  readonly open: readonly OpenRun[];
  /** Null when it never succeeded in what Temporal still keeps. */
  readonly last_success: EndedRun | null;
  /** How old its data may be; null when nobody said. */
  readonly max_age_ms: number | null;
  /** What a check of the data itself says. Without one, the last success is the age of the data. */
  readonly data?: { readonly as_of: string } | { readonly problem: string };
};

/** A schedule that starts pipelines. */
export type ScheduleFacts = {
  readonly schedule: string;
  /** Null when it cannot be told. */
  readonly pipeline: string | null;
  readonly is_paused: boolean;
  readonly note: string | null;
  readonly last_at: string | null;
  readonly next_at: string | null;
  /** Times at which it should have started a run since the last one, and did not; oldest first. */
  readonly missed: readonly string[];
  /** True while a run that it started goes on, so that its overlap policy may hold back the next. */
  readonly is_running: boolean;
};

/** Who takes work from a task queue. */
export type QueueFacts = {
  readonly task_queue: string;
  /** `runs`: steps of runs; `stages`: stages that name the queue. */
  readonly serves: 'runs' | 'stages';
  /** Identities of the workers that polled a moment ago. */
  readonly workers: readonly string[];
  /** True when open runs need it. */
  readonly is_needed: boolean;
};

/** What a worker said of itself and of its machine, at `seen_at`. Shares are 0 to 1. */
export type WorkerFacts = {
  readonly worker: string;
  readonly host: string;
  readonly task_queue: string;
  readonly started_at: string;
  readonly seen_at: string;
  readonly disk_free_bytes: number | null;
  readonly disk_used: number | null;
  readonly memory_used: number;
  readonly memory_free_bytes: number;
  /** Load of the last minute by processor. */
  readonly load: number;
  /** Set for a process of this machine that is known to be gone. */
  readonly has_ended?: true;
};

export type CheckLevel = 'ok' | 'warn' | 'fail';

/** The answer to a check that the configuration names. */
export type CheckResult = {
  readonly name: string;
  readonly level: CheckLevel;
  readonly message: string;
  readonly fix: string | null;
  readonly duration_ms: number;
};

/** All that is known at one moment, before it is judged. */
export type HealthFacts = {
  readonly at: string;
  readonly namespace: string;
  readonly pipelines: readonly PipelineFacts[];
  readonly schedules: readonly ScheduleFacts[];
  readonly queues: readonly QueueFacts[];
  readonly workers: readonly WorkerFacts[];
  readonly store: { readonly ok: boolean; readonly message: string; readonly fix: string | null };
  readonly checks: readonly CheckResult[];
  /** What could not be looked at, in sentences. */
  readonly gaps: readonly string[];
  /** Of the monitor: null when it was never started. */
  readonly monitor: MonitorFacts | null;
};

export type MonitorFacts = {
  readonly is_paused: boolean;
  readonly every_ms: number | null;
  readonly last_at: string | null;
};

/** A value from which on people are warned, and one from which on something is wrong. */
export type Limits = { readonly warn: number; readonly fail: number };

/** What is well and what is not. */
export type HealthLimits = {
  /** Share of the counted runs that failed. */
  readonly error_rate: Limits;
  /** Fewer ended runs than this tell nothing about the rate. */
  readonly min_runs: number;
  /** Shares of a worker's disk and memory. */
  readonly disk_used: Limits;
  readonly memory_used: Limits;
  /** How late a schedule may be. */
  readonly schedule_grace_ms: number;
  /** How long a worker may say nothing. */
  readonly worker_silence_ms: number;
};

export const DEFAULT_LIMITS: HealthLimits = {
  error_rate: { warn: 0.1, fail: 0.5 },
  min_runs: 5,
  disk_used: { warn: 0.9, fail: 0.95 },
  memory_used: { warn: 0.9, fail: 0.97 },
  schedule_grace_ms: 120_000,
  worker_silence_ms: 90_000,
};
