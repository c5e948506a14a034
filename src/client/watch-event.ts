import { canaryWords } from '../engine/canary-words.js';
import { itemFraction, itemWords } from '../engine/item-words.js';
import type { RunResult, RunStatus, StageError, StageResult } from '../engine/result.js';
import type { AwaitedStage } from '../shared/awaited.js';
import type { LogLine } from '../storage/log-line.js';
import type { LiveAttempt, LiveProgress } from './live-attempt.js';
import { stagesAfterEnd } from './stages-after-end.js';

/**
 * What a watcher of a run is told. Every renderer draws from these alone.
 *
 * - `run_seen`: the run answered for the first time; later events are changes from here.
 * - `stage_changed`: a stage has a new status, or somebody decided about an approval.
 * - `stage_progress`: a running stage told how far it is, more items of a map ended, or a canary went on.
 * - `stage_retry`: an attempt failed and another one follows.
 * - `items_waiting`: items of maps wait for people, or stages inside of them; none of them any more where it is empty.
 * - `note`: something happened to the run itself.
 * - `log`: a stage wrote a line.
 * - `quiet`: no worker, or not even the server, answers at the moment; the run may go on all the same.
 * - `run_ended`: the run is over; nothing follows.
 */
export type WatchEvent =
  | { readonly type: 'run_seen'; readonly status: RunStatus }
  | { readonly type: 'stage_changed'; readonly stage: string; readonly result: StageResult }
  | { readonly type: 'stage_progress'; readonly stage: string; readonly progress: LiveProgress }
  | { readonly type: 'stage_retry'; readonly stage: string; readonly retry: StageRetry }
  | { readonly type: 'items_waiting'; readonly items: WaitingItems }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'log'; readonly line: LogLine }
  | { readonly type: 'quiet'; readonly who: 'worker' | 'server' }
  | { readonly type: 'run_ended'; readonly result: RunResult };

export type StageRetry = {
  /** The attempt that runs or comes next. */
  readonly attempt: number;
  /** 0: without limit. */
  readonly maxAttempts: number;
  readonly error: Omit<StageError, 'stage'> | null;
  /** Milliseconds since 1970; null once the attempt is due. */
  readonly nextAttemptAt: number | null;
};

/** By the name of the item, such as `each.17`, or of the stage in it, such as `each.17/sign-off`. */
export type WaitingItems = ReadonlyMap<string, AwaitedStage>;

/** A run at one moment: its status, its open attempts by stage, and what waits for people inside of maps. */
export type RunSnapshot = {
  readonly status: RunStatus;
  readonly live: ReadonlyMap<string, LiveAttempt>;
  readonly waiting?: WaitingItems;
};

/** What changed between two moments, in the order in which it is worth telling. */
export function runChanges(before: RunSnapshot | null, after: RunSnapshot): readonly WatchEvent[] {
  if (before === null) {
    return [
      { type: 'run_seen', status: after.status },
      ...liveChanges(null, after),
      ...itemChanges({}, after.status.stages),
      ...canaryChanges({}, after.status.stages),
      ...waitingChanges(new Map(), after.waiting),
    ];
  }
  return [
    ...stageChanges(before.status.stages, after.status.stages),
    ...stageChanges(stagesAfterEnd(before.status), stagesAfterEnd(after.status)),
    ...noteChanges(before.status.notes, after.status.notes),
    ...liveChanges(before, after),
    ...itemChanges(before.status.stages, after.status.stages),
    ...canaryChanges(before.status.stages, after.status.stages),
    ...waitingChanges(before.waiting, after.waiting),
  ];
}

type Stages = Readonly<Record<string, StageResult>>;

/** Ends come before starts, each in time order, so that the lines read as the run went. */
function stageChanges(before: Stages, after: Stages): readonly WatchEvent[] {
  const changed: { readonly at: string; readonly event: WatchEvent }[] = [];
  for (const [stage, result] of Object.entries(after)) {
    const old = before[stage];
    const votes = result.approval?.decisions.length;
    if (old?.status === result.status && old.approval?.decisions.length === votes) continue;
    changed.push({
      at: result.ended_at ?? result.started_at ?? '',
      event: { type: 'stage_changed', stage, result },
    });
  }
  return changed.sort((a, b) => a.at.localeCompare(b.at)).map(({ event }) => event);
}

function noteChanges(before: readonly string[], after: readonly string[]): readonly WatchEvent[] {
  const last = before.at(-1);
  const start = last === undefined ? 0 : after.lastIndexOf(last) + 1;
  return after.slice(start).map((text) => ({ type: 'note', text }));
}

function liveChanges(before: RunSnapshot | null, after: RunSnapshot): readonly WatchEvent[] {
  const events: WatchEvent[] = [];
  for (const [stage, live] of after.live) {
    const old = before?.live.get(stage);
    if (live.attempt > 1 && (old?.attempt !== live.attempt || old.nextAttemptAt !== live.nextAttemptAt)) {
      events.push({
        type: 'stage_retry',
        stage,
        retry: {
          attempt: live.attempt,
          maxAttempts: live.maxAttempts,
          error: live.lastError,
          nextAttemptAt: live.nextAttemptAt,
        },
      });
    }
    if (live.progress !== null && !sameProgress(old?.progress ?? null, live.progress)) {
      events.push({ type: 'stage_progress', stage, progress: live.progress });
    }
  }
  return events;
}

/** The progress of a map is that of its items. */
function itemChanges(before: Stages, after: Stages): readonly WatchEvent[] {
  const events: WatchEvent[] = [];
  for (const [stage, { status, items }] of Object.entries(after)) {
    if (status !== 'running' || items === undefined) continue;
    const progress = { fraction: itemFraction(items), message: itemWords(items) };
    const old = before[stage]?.items;
    if (old === undefined || itemWords(old) !== progress.message) {
      events.push({ type: 'stage_progress', stage, progress });
    }
  }
  return events;
}

/** A canary tells its step, its weight and its last evaluation. */
function canaryChanges(before: Stages, after: Stages): readonly WatchEvent[] {
  return Object.entries(after).flatMap(([stage, { status, canary }]): readonly WatchEvent[] => {
    if (status !== 'running' || canary === undefined) return [];
    const message = canaryWords(canary);
    const old = before[stage]?.canary;
    if (old !== undefined && canaryWords(old) === message) return [];
    return [{ type: 'stage_progress', stage, progress: { fraction: null, message } }];
  });
}

function waitingChanges(
  before: WaitingItems = new Map(),
  after: WaitingItems = new Map(),
): readonly WatchEvent[] {
  const isSame = JSON.stringify([...before]) === JSON.stringify([...after]);
  return isSame ? [] : [{ type: 'items_waiting', items: after }];
}

function sameProgress(a: LiveProgress | null, b: LiveProgress): boolean {
  return a !== null && a.fraction === b.fraction && a.message === b.message;
}
