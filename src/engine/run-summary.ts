import type { FinalStatus, RunEndStatus, RunResult, StageResult } from './result.js';

/**
 * What a run leaves in its memo when it ends: enough for statistics over thousands of runs without reading one of them.
 * What is usual is left out: an attempt of 1, no wait, a status of `succeeded`.
 */
export type RunSummary = {
  readonly v: 1;
  readonly status: RunEndStatus;
  readonly ms: number;
  readonly partial?: true;
  /** Until its first stage started: for a worker, and for its concurrency group. */
  readonly queue_ms?: number;
  /** The message is cut after 200 characters. */
  readonly error?: { readonly type: string; readonly stage: string; readonly message: string };
  /** How many stages ended how. */
  readonly counts: Readonly<Partial<Record<FinalStatus, number>>>;
  /** Attempts beyond the first one, over all stages. */
  readonly retries?: number;
  /** Items of maps that were done, and those that failed. */
  readonly items?: readonly [done: number, failed: number];
  readonly metrics?: Readonly<Record<string, number>>;
  readonly stages: Readonly<Record<string, StageSummary>>;
  /** Stages that found no room: those that were fast and did not fail. */
  readonly left_out?: number;
};

export type StageSummary = {
  /** @default "succeeded" */
  readonly status?: FinalStatus;
  /** Milliseconds after the start of the run; absent for a stage that never started. */
  readonly at?: number;
  readonly ms?: number;
  /** @default 1, and 0 for a stage that never started */
  readonly attempts?: number;
  /** Between the moment when it might have started and the start of its work. */
  readonly queue_ms?: number;
  /** The type of its error. */
  readonly error?: string;
  readonly metrics?: Readonly<Record<string, number>>;
  /** Of a map: items done, and those that failed. */
  readonly items?: readonly [done: number, failed: number];
};

/** The key of the summary in the memo of a run. */
export const SUMMARY_MEMO = 'summary';

const MOST_CHARACTERS = 8_000;
const MOST_STAGES = 250;
const MOST_METRICS = 40;
const MOST_STAGE_METRICS = 8;
const NAME_LENGTH = 80;
const MESSAGE_LENGTH = 200;

/** Summarizes a run that ended. The slowest and the failed stages come first when not all find room. */
export function summarize(result: RunResult): RunSummary {
  const { status, total_duration_ms, partial, error, stages } = result;
  const startedAt = Date.parse(result.started_at);
  const queue = queueOf(result.stages, startedAt);
  const totals = totalsOf(stages);
  const metrics = firstOf(result.metrics, MOST_METRICS);
  const head = {
    v: 1 as const,
    status,
    ms: total_duration_ms,
    ...(partial ? { partial } : {}),
    ...(queue === 0 ? {} : { queue_ms: queue }),
    ...(error === null ? {} : { error: { ...error, type: short(error.type), message: cut(error.message) } }),
    ...totals,
    ...(metrics === undefined ? {} : { metrics }),
  };
  const room = MOST_CHARACTERS - JSON.stringify(head).length;
  const kept = stagesThatFit({ ...stages, ...result.hooks }, startedAt, room);
  const left = Object.keys(stages).length + Object.keys(result.hooks).length - Object.keys(kept).length;
  return { ...head, stages: kept, ...(left === 0 ? {} : { left_out: left }) };
}

/** The summary in a memo; null where there is none, or one of a kind that this version does not know. */
export function summaryIn(memo: Readonly<Record<string, unknown>> | undefined): RunSummary | null {
  const value = memo?.[SUMMARY_MEMO];
  if (typeof value !== 'object' || value === null) return null;
  return 'v' in value && value.v === 1 && 'stages' in value ? (value as RunSummary) : null;
}

type Stages = Readonly<Record<string, StageResult>>;

function queueOf(stages: Stages, startedAt: number): number {
  let first = Infinity;
  for (const { started_at } of Object.values(stages)) {
    if (started_at !== null) first = Math.min(first, Date.parse(started_at));
  }
  return first === Infinity ? 0 : Math.max(0, first - startedAt);
}

function totalsOf(stages: Stages): Pick<RunSummary, 'counts' | 'retries' | 'items'> {
  const counts: Partial<Record<string, number>> = {};
  let retries = 0;
  let done = 0;
  let failed = 0;
  for (const stage of Object.values(stages)) {
    counts[stage.status] = (counts[stage.status] ?? 0) + 1;
    retries += Math.max(0, stage.attempts - 1);
    const items = itemsOf(stage);
    done += items?.[0] ?? 0;
    failed += items?.[1] ?? 0;
  }
  return {
    counts,
    ...(retries === 0 ? {} : { retries }),
    ...(done + failed === 0 ? {} : { items: [done, failed] }),
  };
}

/** In the order of the result; which ones they are is decided by how much they tell. */
function stagesThatFit(stages: Stages, startedAt: number, room: number): Record<string, StageSummary> {
  const entries = Object.entries(stages);
  const chosen = new Set<string>();
  let left = room;
  for (const [id, stage] of [...entries].sort(byWeight).slice(0, MOST_STAGES)) {
    const size = id.length + 4 + JSON.stringify(summaryOf(stage, startedAt)).length;
    if (size > left) continue;
    left -= size;
    chosen.add(id);
  }
  const kept: Record<string, StageSummary> = {};
  for (const [id, stage] of entries) if (chosen.has(id)) kept[id] = summaryOf(stage, startedAt);
  return kept;
}

type Entry = readonly [id: string, stage: StageResult];

function byWeight([, a]: Entry, [, b]: Entry): number {
  return Number(hasError(b)) - Number(hasError(a)) || (b.duration_ms ?? -1) - (a.duration_ms ?? -1);
}

function hasError({ status }: StageResult): boolean {
  return status === 'failed' || status === 'timed_out';
}

function summaryOf(stage: StageResult, startedAt: number): StageSummary {
  const { status, started_at, duration_ms, attempts, queue_ms, error } = stage;
  const metrics = firstOf(stage.metrics, MOST_STAGE_METRICS);
  const items = itemsOf(stage);
  const hasStarted = started_at !== null;
  return {
    ...(status === 'succeeded' ? {} : { status: status as FinalStatus }),
    ...(hasStarted ? { at: Date.parse(started_at) - startedAt } : {}),
    ...(hasStarted && duration_ms !== null ? { ms: duration_ms } : {}),
    ...(attempts === (hasStarted ? 1 : 0) ? {} : { attempts }),
    ...(queue_ms === undefined ? {} : { queue_ms }),
    ...(error === null ? {} : { error: short(error.type) }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(items === undefined ? {} : { items }),
  };
}

function itemsOf({ items }: StageResult): readonly [number, number] | undefined {
  return items === undefined ? undefined : [items.succeeded + items.reused, items.failed];
}

function firstOf(
  metrics: Readonly<Record<string, number>>,
  most: number,
): Readonly<Record<string, number>> | undefined {
  const names = Object.keys(metrics).filter((name) => name.length <= NAME_LENGTH);
  if (names.length === 0) return undefined;
  return Object.fromEntries(names.slice(0, most).map((name) => [name, metrics[name] ?? 0]));
}

function short(type: string): string {
  return type.slice(0, NAME_LENGTH);
}

function cut(message: string): string {
  return message.slice(0, MESSAGE_LENGTH);
}
