import type { Approval } from './approval.js';
import type { Json, JsonObject } from '../shared/json.js';
import type { RunOrigin } from './reuse.js';
import type {
  ItemSummary,
  Progress,
  RunEndStatus,
  RunResult,
  RunStatus,
  StageError,
  StageResult,
} from './result.js';
import type { Alarm, Amendment, Paused } from './steering.js';
import { isoTime, type ShownOutputs, type StageRecord, toStageResult } from './stage-record.js';
import { hasFailed, type StopReason } from './verdict.js';

/** All that a result is made of. Times are milliseconds since the epoch. */
export type RunFile = {
  readonly pipeline: string;
  readonly version: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly mode: string | null;
  readonly resumedFrom?: RunOrigin | undefined;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly now: number;
  readonly status: RunStatus['status'];
  readonly stages: Iterable<StageRecord>;
  readonly hooks: Iterable<StageRecord>;
  /** By the stage that was undone. */
  readonly undone: ReadonlyMap<string, StageRecord>;
  readonly outputs: JsonObject;
  /** An error of the run itself, such as an output that cannot be computed. */
  readonly error: StageError | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly state: Readonly<Record<string, Json>>;
  readonly notes: readonly string[];
  /** How the items of a map that runs are doing; undefined for all other stages. */
  readonly liveItems?: (stage: string, withLedger: boolean) => ItemSummary | undefined;
  readonly paused: Paused | null;
  readonly amendments: readonly Amendment[];
  readonly alarms: readonly Alarm[];
  /** What waits for approval, by stage, also inside of items. */
  readonly approvals?: ReadonlyMap<string, Approval>;
};

/** How a run ends whose stages have all ended; `error` is what kept it from starting any. */
export function endStatus(
  stages: Iterable<StageRecord>,
  stopped: StopReason | null,
  error: StageError | null = null,
): RunEndStatus {
  if (error !== null) return 'failed';
  if (stopped === 'timed_out') return 'timed_out';
  if (stopped === 'cancelled' || stopped === 'after_wave') return 'cancelled';
  return firstFailure(stages) === null ? 'succeeded' : 'failed';
}

/** The failure that a run's error tells of: the first in the file's order that the definition does not tolerate. */
export function firstFailure(stages: Iterable<StageRecord>): StageRecord | null {
  for (const record of stages) if (hasFailed(record) && !record.plan.continue_on_error) return record;
  return null;
}

/**
 * The answer to the `status` query, at any moment. With `since` it holds only the stages that started or ended from then
 * on, and leaves out what grows with the run.
 */
export function runStatus(
  file: RunFile,
  options: { readonly outputs: boolean; readonly since?: number | null },
): RunStatus {
  const records = [...file.stages];
  const since = options.since ?? null;
  const changed =
    since === null ? records : records.filter((record) => changedAt(record) >= since || isLiveMap(record));
  const ids = (wanted: (record: StageRecord) => boolean): string[] =>
    since === null ? records.filter(wanted).map((record) => record.plan.id) : [];
  const hasEnded = file.endedAt !== null;
  return {
    pipeline: file.pipeline,
    version: file.version,
    workflow_id: file.workflowId,
    run_id: file.runId,
    mode: file.mode,
    ...(file.resumedFrom === undefined ? {} : { resumed_from: file.resumedFrom }),
    status: file.status,
    success: hasEnded ? file.status === 'succeeded' : null,
    partial: file.status === 'succeeded' && records.some(isIncomplete),
    started_at: isoTime(file.startedAt),
    ended_at: isoTime(file.endedAt),
    total_duration_ms: (file.endedAt ?? file.now) - file.startedAt,
    error: file.error ?? firstFailure(records)?.outcome?.error ?? null,
    outputs: file.outputs,
    executed_stages: ids((record) => record.endedAt !== null && (record.outcome?.attempts ?? 0) > 0),
    skipped_stages: ids((record) => record.status === 'skipped'),
    failed_stages: ids(hasFailed),
    stages: resultsById(changed, options.outputs, file.liveItems),
    hooks: resultsById(file.hooks, options.outputs, file.liveItems),
    ...(file.undone.size === 0 ? {} : { undone: resultsOf(file.undone, options.outputs) }),
    metrics: file.metrics,
    state: since === null ? file.state : {},
    paused: file.paused,
    amendments: file.amendments,
    alarms: file.alarms,
    ...(since === null ? itemApprovals(file.approvals, records) : {}),
    progress: progressOf(records),
    notes: file.notes,
  };
}

/** An approval of the run's own is at its stage. */
function itemApprovals(
  approvals: ReadonlyMap<string, Approval> = new Map(),
  records: readonly StageRecord[],
): Pick<RunStatus, 'item_approvals'> {
  const own = new Set(records.map(({ plan }) => plan.id));
  const inItems = [...approvals].filter(([stage]) => !own.has(stage));
  return inItems.length === 0 ? {} : { item_approvals: Object.fromEntries(inItems) };
}

/** The result of a run that ended. */
export function runResult(file: RunFile): RunResult {
  const { progress: _progress, notes: _notes, ...result } = runStatus(file, { outputs: true });
  return { ...result, success: file.status === 'succeeded' } as RunResult;
}

/** It failed, lost items, fell back on something else, or was skipped by a person because it failed. */
export function isIncomplete(record: StageRecord): boolean {
  if (hasFailed(record) || lostItems(record)) return true;
  return record.outcome?.fallback !== undefined || record.outcome?.skip_reason === 'operator';
}

function changedAt({ startedAt, markedAt, endedAt }: StageRecord): number {
  return endedAt ?? markedAt ?? startedAt ?? Number.NEGATIVE_INFINITY;
}

/** A map that tolerated failed items. */
function lostItems({ outcome }: StageRecord): boolean {
  return (outcome?.items?.failed ?? 0) > 0;
}

function isLiveMap({ plan, startedAt, endedAt }: StageRecord): boolean {
  return plan.map !== null && startedAt !== null && endedAt === null;
}

function resultsById(
  records: Iterable<StageRecord>,
  outputs: boolean,
  liveItems: RunFile['liveItems'],
): Record<string, StageResult> {
  const results: Record<string, StageResult> = {};
  for (const record of records) {
    const { id } = record.plan;
    results[id] = toStageResult(
      record,
      shown(outputs),
      isLiveMap(record) ? liveItems?.(id, outputs) : undefined,
    );
  }
  return results;
}

function resultsOf(records: ReadonlyMap<string, StageRecord>, outputs: boolean): Record<string, StageResult> {
  return Object.fromEntries([...records].map(([id, record]) => [id, toStageResult(record, shown(outputs))]));
}

function shown(outputs: boolean): ShownOutputs {
  return outputs ? 'small' : 'none';
}

function progressOf(records: readonly StageRecord[]): Progress {
  const total = records.length;
  const done = records.filter((record) => record.endedAt !== null).length;
  return {
    total,
    done,
    running: records.filter((record) => record.status === 'running').length,
    failed: records.filter(hasFailed).length,
    fraction: total === 0 ? 1 : done / total,
  };
}
