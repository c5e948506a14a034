import type { Json, JsonObject } from '../shared/json.js';
import type { ArtifactRef, OutputRef, StreamRef } from '../shared/task.js';
import type { Approval } from './approval.js';
import type { CanaryView } from './canary.js';
import type { StagePlan } from './plan.js';
import type { FallbackPlan } from './stage-extras.js';
import type {
  FinalStatus,
  ItemSummary,
  SkipDetail,
  SkipReason,
  StageError,
  StageResult,
  StageStatus,
} from './result.js';
import type { StageDecision } from './steering.js';

/** How a stage ended, as the one who ran it reports it. */
export type StageOutcome = {
  readonly status: FinalStatus;
  readonly output?: Json;
  /** Where a large output is kept beside the run's memory. */
  readonly output_ref?: OutputRef;
  /** Where the chunks are that it gave beside its output. */
  readonly stream?: StreamRef;
  readonly error?: StageError;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly artifacts?: readonly ArtifactRef[];
  readonly skip_reason?: SkipReason;
  /** Why its condition was false: the names that it reads with their values. */
  readonly skip_detail?: SkipDetail;
  readonly reused_from?: string;
  /** What it set in the run's shared state. */
  readonly state?: JsonObject;
  /** Versions of the stage functions that ran, by name. */
  readonly versions?: Readonly<Record<string, string>>;
  /** The kind of fallback that gave the output; `error` then tells why it was needed. */
  readonly fallback?: FallbackPlan['type'];
  /** Attempts made; 0 for a stage that never ran. */
  readonly attempts?: number;
  /** How long the attempt that gave the result waited for a worker. */
  readonly queued_ms?: number;
  readonly items?: ItemSummary;
  /** What became of it each time it was held. */
  readonly decisions?: readonly StageDecision[];
  /** For whoever decides about another attempt; no part of the result. */
  readonly failure?: AttemptFailure;
  /** Somebody decided already that it fails, so nobody is asked again; no part of the result. */
  readonly isDecided?: boolean;
};

/** What a failed attempt tells about the next one. */
export type AttemptFailure = {
  readonly isRetryable: boolean;
  /** The wait before the next attempt that the failure asks for; null leaves it to the retry policy. */
  readonly delayMs: number | null;
  /** The service was asked too much: nothing is wrong with the stage. */
  readonly isRateLimited: boolean;
  readonly checkpoint?: Json;
};

/** The state of one stage inside a run; times are milliseconds since the epoch. */
export type StageRecord = {
  readonly plan: StagePlan;
  readonly wave: number;
  readonly status: StageStatus;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** When it could have started. */
  readonly readyAt?: number;
  /** Of a stage that is held: the failure that it waits with. */
  readonly outcome: StageOutcome | null;
  /** When its status last changed otherwise than by starting or ending. */
  readonly markedAt?: number;
  readonly approval?: Approval;
  readonly canary?: CanaryView;
  /** What a timer waits for, in milliseconds since the epoch. */
  readonly until?: number;
  /** What it waits for that is no person, in words. */
  readonly waitingFor?: string;
};

/** What becomes of a stage that was launched and has not ended. */
export type OpenStatus = 'running' | 'waiting' | 'awaiting_approval' | 'held';

/** What is known of a running stage beside its status. */
export type OpenDetails = Partial<
  Pick<StageRecord, 'outcome' | 'approval' | 'canary' | 'until' | 'waitingFor'>
>;

/** Which outputs a result holds. `small` leaves out (null) those that are kept in the store and only names them. */
export type ShownOutputs = 'all' | 'small' | 'none';

/**
 * A record as people and clients see it. `live`: how the items of a running map are doing.
 */
export function toStageResult(
  record: StageRecord,
  outputs: ShownOutputs = 'all',
  live?: ItemSummary,
): StageResult {
  const { plan, outcome, startedAt, endedAt } = record;
  const items = outcome?.items ?? live;
  const withOutput = outputs !== 'none';
  const isNamedOnly = outputs === 'small' && outcome?.output_ref !== undefined;
  const queue = queueMs(record);
  return {
    name: plan.name,
    kind: plan.action.kind,
    status: record.status,
    wave: record.wave,
    attempts: outcome?.attempts ?? 0,
    started_at: isoTime(startedAt),
    ended_at: isoTime(endedAt),
    duration_ms: startedAt === null || endedAt === null ? null : endedAt - startedAt,
    ...(queue === 0 ? {} : { queue_ms: queue }),
    output: withOutput && !isNamedOnly ? (outcome?.output ?? null) : null,
    ...(outcome?.output_ref === undefined ? {} : { output_ref: outcome.output_ref }),
    ...(outcome?.stream === undefined ? {} : { stream: outcome.stream }),
    error: outcome?.error ?? null,
    metrics: outcome?.metrics ?? {},
    skip_reason: outcome?.skip_reason ?? null,
    reused_from: outcome?.reused_from ?? null,
    artifacts: outcome?.artifacts ?? [],
    ...(outcome?.state === undefined || !withOutput ? {} : { state: outcome.state }),
    ...(outcome?.versions === undefined ? {} : { versions: outcome.versions }),
    ...(items === undefined ? {} : { items: withOutput ? items : withoutLedger(items) }),
    ...(outcome?.decisions === undefined ? {} : { decisions: outcome.decisions }),
    ...(outcome?.fallback === undefined ? {} : { fallback: outcome.fallback }),
    ...(outcome?.skip_detail === undefined ? {} : { skip_detail: outcome.skip_detail }),
    ...(record.approval === undefined ? {} : { approval: record.approval }),
    ...(record.canary === undefined ? {} : { canary: record.canary }),
    ...(record.until === undefined ? {} : { until: isoTime(record.until) }),
    ...(record.waitingFor === undefined ? {} : { waiting_for: record.waitingFor }),
  };
}

function queueMs({ readyAt, startedAt, outcome }: StageRecord): number {
  const forSlot = readyAt === undefined || startedAt === null ? 0 : startedAt - readyAt;
  return Math.max(0, forSlot) + (outcome?.queued_ms ?? 0);
}

function withoutLedger({ ledger: _ledger, ...items }: ItemSummary): ItemSummary {
  return items;
}

/** The record of a stage that ended in an earlier history of the same run, or in an earlier run. */
export function fromStageResult(plan: StagePlan, wave: number, result: StageResult): StageRecord {
  return {
    plan,
    wave,
    status: result.status,
    startedAt: result.started_at === null ? null : Date.parse(result.started_at),
    endedAt: result.ended_at === null ? null : Date.parse(result.ended_at),
    ...(result.queue_ms === undefined || result.started_at === null
      ? {}
      : { readyAt: Date.parse(result.started_at) - result.queue_ms }),
    ...(result.approval === undefined ? {} : { approval: result.approval }),
    ...(result.canary === undefined ? {} : { canary: result.canary }),
    ...(result.until === undefined ? {} : { until: Date.parse(result.until) }),
    outcome: {
      status: result.status as FinalStatus,
      output: result.output,
      ...(result.output_ref === undefined ? {} : { output_ref: result.output_ref }),
      ...(result.stream === undefined ? {} : { stream: result.stream }),
      metrics: result.metrics,
      artifacts: result.artifacts,
      attempts: result.attempts,
      ...(result.decisions === undefined ? {} : { decisions: result.decisions }),
      ...(result.error === null ? {} : { error: result.error }),
      ...(result.skip_reason === null ? {} : { skip_reason: result.skip_reason }),
      ...(result.skip_detail === undefined ? {} : { skip_detail: result.skip_detail }),
      ...(result.reused_from === null ? {} : { reused_from: result.reused_from }),
      ...(result.state === undefined ? {} : { state: result.state }),
      ...(result.versions === undefined ? {} : { versions: result.versions }),
      ...(result.items === undefined ? {} : { items: result.items }),
      ...(result.fallback === undefined ? {} : { fallback: result.fallback }),
    },
  };
}

/** Milliseconds since the epoch as ISO 8601 in UTC. */
export function isoTime(ms: number): string;
export function isoTime(ms: number | null): string | null;
export function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
