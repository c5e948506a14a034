import { EventEmitter, on } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunResult } from '../engine/result.js';
import type { LogLine } from '../storage/log-line.js';
import { statusFromResult } from './ended-run.js';
import { isGrpc, isNoAnswer } from './grpc-errors.js';
import { runChanges, type WatchEvent, type RunSnapshot } from './watch-event.js';

const FASTEST_POLL_MS = 100;
const SLOWEST_POLL_MS = 1000;
/** Asking may take at most one part in this many of the time, so that watching never slows a big run down. */
const POLL_SHARE = 5;
/** How long a server may be away before watching gives up. */
const SERVER_AWAY_MS = 60_000;
/** How long calls that were called off may take to end. */
const LAST_CALLS_MS = 3_000;

export type WatchOptions = {
  /** Also tells what the stages write. */
  readonly logs?: boolean;
  /** Ends the watching, never the run. */
  readonly signal?: AbortSignal;
};

/** The part of a run that is watched. */
export type WatchedRun = {
  /** The state now, of stages that did not change since an instant only if it is null; rejects when nobody answers. */
  snapshot(options: { readonly signal: AbortSignal; readonly since: string | null }): Promise<RunSnapshot>;
  result(options: { readonly signal: AbortSignal }): Promise<RunResult>;
  logs(options: { readonly follow: boolean; readonly signal: AbortSignal }): AsyncIterable<LogLine>;
};

type Emit = (event: WatchEvent) => void;

/** Follows a run to its end: asks for its state, ever less often while nothing changes, and tells what changed. */
export async function* watchRun(
  run: WatchedRun,
  options: WatchOptions = {},
): AsyncGenerator<WatchEvent, void> {
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  const emitter = new EventEmitter();
  const emit: Emit = (event) => void emitter.emit('event', event);
  // Listening starts here, before the first event can be emitted.
  const events = on(emitter, 'event', { close: ['end'] });
  const done = follow(run, emit, signal, options.logs === true).then(
    () => void emitter.emit('end'),
    (error: unknown) => void emitter.emit('error', error),
  );
  try {
    for await (const [event] of events) yield event;
  } finally {
    stop.abort();
    await done;
  }
}

async function follow(run: WatchedRun, emit: Emit, signal: AbortSignal, withLogs: boolean): Promise<void> {
  const logsDone = new AbortController();
  const logSignal = AbortSignal.any([logsDone.signal, signal]);
  const logs = withLogs ? followLogs(run, emit, logSignal) : Promise.resolve();
  try {
    const result = await pollUntilEnd(run, emit, signal);
    logsDone.abort();
    await logs;
    if (result !== null) emit({ type: 'run_ended', result });
  } finally {
    logsDone.abort();
    await logs;
  }
}

/** The result, or null when the watching was ended before the run. */
async function pollUntilEnd(run: WatchedRun, emit: Emit, signal: AbortSignal): Promise<RunResult | null> {
  const watch = new Watch(emit);
  const stop = new AbortController();
  const asking = AbortSignal.any([stop.signal, signal]);
  let end = settleEnd(run.result({ signal: asking }));
  let snapshot: Promise<SnapshotAnswer> | null = null;
  let pauseMs = FASTEST_POLL_MS;
  try {
    while (!signal.aborted) {
      const askedAt = Date.now();
      snapshot = settleSnapshot(run.snapshot({ signal: asking, since: watch.since }));
      const answer = await Promise.race([end, snapshot]);
      if (signal.aborted) return null;
      if ('result' in answer) return watch.end(answer.result);
      const hasChanged = 'snapshot' in answer ? watch.see(answer.snapshot) : watch.miss(answer.error);
      if ('error' in answer && answer.ofEnd) end = settleEnd(run.result({ signal: asking }));
      const tookMs = Date.now() - askedAt;
      pauseMs = hasChanged ? FASTEST_POLL_MS : Math.min(SLOWEST_POLL_MS, pauseMs * 1.5);
      await Promise.race([end, pause(Math.max(pauseMs, tookMs * (POLL_SHARE - 1)), signal)]);
    }
    return null;
  } finally {
    stop.abort();
    // A call that is still under way when its connection closes brings the process down.
    await Promise.race([Promise.all([end, snapshot]), delay(LAST_CALLS_MS, undefined, { ref: false })]);
  }
}

/** Compares what was seen with what is seen. */
class Watch {
  readonly #emit: Emit;
  #before: RunSnapshot | null = null;
  #since: string | null = null;
  #isQuiet = false;
  #awaySince: number | null = null;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** The latest change that was seen; what happened before it need not be asked for again. */
  get since(): string | null {
    return this.#since;
  }

  /** True when something changed that makes further changes likely; items of a map end all the time. */
  see(seen: RunSnapshot): boolean {
    const after = this.#before === null ? seen : withUnchanged(this.#before, seen);
    const events = runChanges(this.#before, after);
    this.#before = after;
    this.#since = latestChange(seen, this.#since);
    this.#isQuiet = false;
    this.#awaySince = null;
    for (const event of events) this.#emit(event);
    return events.some((event) => event.type !== 'stage_progress');
  }

  /** Nobody answered: a worker or a server restarts, or there is none. */
  miss(error: unknown): boolean {
    const isServerAway = isGrpc(error, 'UNAVAILABLE');
    if (!isServerAway && !isNoAnswer(error)) throw error;
    if (isServerAway) {
      this.#awaySince ??= Date.now();
      if (Date.now() - this.#awaySince > SERVER_AWAY_MS) throw error;
    }
    if (!this.#isQuiet) this.#emit({ type: 'quiet', who: isServerAway ? 'server' : 'worker' });
    this.#isQuiet = true;
    return false;
  }

  end(result: RunResult): RunResult {
    const status = statusFromResult(result);
    // The notes of a result are those that were told already.
    this.see({ status: { ...status, notes: this.#before?.status.notes ?? [] }, live: new Map() });
    return result;
  }
}

/** Puts the stages back that were left out because they had not changed. */
function withUnchanged(before: RunSnapshot, seen: RunSnapshot): RunSnapshot {
  const stages = { ...before.status.stages, ...seen.status.stages };
  return { ...seen, status: { ...seen.status, stages } };
}

function latestChange({ status }: RunSnapshot, before: string | null): string | null {
  let latest = before;
  for (const { started_at, ended_at } of Object.values(status.stages)) {
    const changed = ended_at ?? started_at;
    if (changed !== null && (latest === null || changed > latest)) latest = changed;
  }
  return latest;
}

async function followLogs(run: WatchedRun, emit: Emit, signal: AbortSignal): Promise<void> {
  for await (const line of run.logs({ follow: true, signal })) emit({ type: 'log', line });
}

type EndAnswer = { readonly result: RunResult } | { readonly error: unknown; readonly ofEnd: true };
type SnapshotAnswer = { readonly snapshot: RunSnapshot } | { readonly error: unknown; readonly ofEnd: false };

/** Never rejects, so that the loser of a race is never an unhandled rejection. */
function settleEnd(promise: Promise<RunResult>): Promise<EndAnswer> {
  return promise.then(
    (result) => ({ result }),
    (error: unknown) => ({ error, ofEnd: true as const }),
  );
}

function settleSnapshot(promise: Promise<RunSnapshot>): Promise<SnapshotAnswer> {
  return promise.then(
    (snapshot) => ({ snapshot }),
    (error: unknown) => ({ error, ofEnd: false as const }),
  );
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
