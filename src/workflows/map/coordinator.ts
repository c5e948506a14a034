import {
  CancellationScope,
  ChildWorkflowCancellationType,
  condition,
  continueAsNew,
  ParentClosePolicy,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { ChunkQueue, type QueuedChunk } from '../../engine/chunk-queue.js';
import { itemWeight } from '../../engine/item-weight.js';
import type { CoordinatorInput } from '../../engine/map-coordination.js';
import { sliceLedger } from '../../engine/map-ledger.js';
import { mapOutcome } from '../../engine/map-outcome.js';
import type {
  ChunkResult,
  ItemCounts,
  MapProgress,
  QueuedSource,
  ShardInput,
} from '../../engine/map-shard.js';
import { MapTotals } from '../../engine/map-totals.js';
import type { StagePlan } from '../../engine/plan.js';
import type { StageError } from '../../engine/result.js';
import { isoTime, type StageOutcome } from '../../engine/stage-record.js';
import { ERROR_TYPE, MAP_SHARD_WORKFLOW } from '../../shared/names.js';
import { isHistoryLong, MOST_RUNNING } from '../history-limits.js';
import { cancelAfterWaveSignal, pauseSignal, unpauseSignal } from '../messages.js';
import { activityOutcome } from '../stage-failure.js';
import { passPauseOn } from '../steering/pass-pause-on.js';
import { collectFile, withKeptResults } from './collect.js';
import { readPage } from './map-source.js';
import { mapProgressSignal } from './messages.js';
import { emptyReport, ProgressReporter } from './progress-reporter.js';
import { type ShardContext, shardContext } from './shard-context.js';
import { shardWindows } from './shard-windows.js';
import { runStreamMap } from './stream-map.js';

/**
 * Runs a large map: divides it into chunks, has a few shards run them at a time, and adds up what they report. Goes on
 * in a new history by itself. Gives the outcome of the stage, also when it was cancelled.
 */
export async function map_coordinator(input: CoordinatorInput): Promise<StageOutcome> {
  const { source } = input;
  if (source.type === 'stream') return runStreamMap({ ...input, source });
  const coordinator = new MapCoordinator({ ...input, source });
  setHandler(mapProgressSignal, (report) => coordinator.progress(report));
  setHandler(cancelAfterWaveSignal, () => coordinator.stopStarting());
  CancellationScope.current().cancelRequested.catch(() => coordinator.stop('cancelled'));
  return CancellationScope.nonCancellable(() => coordinator.run());
}

type Input = CoordinatorInput & { readonly source: QueuedSource };

class MapCoordinator {
  readonly #input: Input;
  readonly #shared: ShardContext;
  readonly #stage: StagePlan;
  readonly #queue: ChunkQueue;
  readonly #totals: MapTotals;
  readonly #scope = new CancellationScope({
    cancellable: true,
    parent: new CancellationScope({ cancellable: false }),
  });
  readonly #startedAt: number;
  readonly #reporter = new ProgressReporter(workflowInfo().parent?.workflowId ?? null);
  /** Windows of shards that do not run, in units. */
  readonly #free: number[];
  readonly #live = new Map<number, MapProgress>();
  readonly #stoppers = new Set<() => void>();
  #running = 0;
  #pages = 0;
  #isReading = false;
  #stopped: 'failed' | 'cancelled' | null = null;
  #error: StageError | undefined;

  constructor(input: Input) {
    const { origin, source, limits, carried } = input;
    this.#input = input;
    this.#shared = shardContext(origin, limits, carried?.paused);
    this.#stage = this.#shared.stage;
    const { pause } = this.#shared;
    setHandler(pauseSignal, ({ by, reason = null }) => pause.set({ by, reason, at: isoTime(Date.now()) }));
    setHandler(unpauseSignal, () => {
      pause.set(null);
      this.#pump();
    });
    const { activities, parallel } = itemWeight(this.#stage, this.#shared.context.plan.pipelines);
    const chunkUnits = Math.max(1, Math.floor((limits.shard ?? 1_000) / activities));
    const batchSize = this.#stage.map?.batch_size ?? 1;
    this.#queue = new ChunkQueue(source, { chunkUnits, batchSize }, carried?.queue);
    this.#totals = new MapTotals(carried?.totals);
    this.#startedAt = carried?.started_at ?? Date.now();
    this.#free = shardWindows(
      this.#stage.map?.max_concurrency ?? 100,
      Math.max(1, Math.floor(MOST_RUNNING / parallel)),
    );
  }

  async run(): Promise<StageOutcome> {
    this.#pump();
    await condition(() => this.#isAtRest);
    if (this.#stopped === null && !this.#queue.isEmpty) return this.#continue();
    const { reuse } = this.#input;
    if (this.#stopped !== null && reuse !== null)
      this.#totals.takeOver(reuse, this.#stage.map?.collect ?? 'list');
    const outcome = mapOutcome({
      stage: this.#stage,
      totals: this.#totals,
      total: this.#queue.total,
      stopped: this.#stopped,
      ...(this.#error === undefined ? {} : { error: this.#error }),
      elapsedMs: Date.now() - this.#startedAt,
    });
    if (outcome.status !== 'succeeded' || this.#stage.map?.collect !== 'file') return outcome;
    try {
      const file = await collectFile(this.#stage, this.#totals.parts, this.#shared.context);
      return { ...outcome, output: file };
    } catch (error) {
      return { ...outcome, ...activityOutcome(this.#stage, error) };
    }
  }

  /** Starts nothing more and cancels what runs. */
  stop(reason: 'failed' | 'cancelled'): void {
    this.#stopped ??= reason;
    this.#scope.cancel();
  }

  /** Starts nothing more and lets running items end. */
  stopStarting(): void {
    this.#stopped ??= 'cancelled';
    for (const tell of this.#stoppers) tell();
  }

  progress(report: MapProgress): void {
    if (this.#live.has(report.first)) this.#live.set(report.first, report);
    this.#reporter.offer(() => this.#report());
  }

  get #isAtRest(): boolean {
    if (this.#running > 0 || this.#isReading) return false;
    return this.#stopped !== null || this.#queue.isEmpty || this.#isLong;
  }

  get #isLong(): boolean {
    return isHistoryLong(this.#input.limits.history);
  }

  #pump(): void {
    if (this.#stopped !== null || this.#shared.pause.isOn || this.#isLong) return;
    this.#read();
    while (this.#free.length > 0) {
      const chunk = this.#queue.next(this.#running === 0);
      if (chunk === null) return;
      this.#start(chunk, this.#free.pop() ?? 1);
      this.#read();
    }
  }

  #start(chunk: QueuedChunk, window: number): void {
    this.#running += 1;
    this.#live.set(chunk.first, emptyReport(chunk.first, this.#stage.id));
    void this.#scope
      .run(() => this.#runShard(chunk, window))
      .then(
        (result) => this.#ended(chunk, result),
        (error: unknown) => this.#broke(error),
      )
      .then(() => {
        this.#running -= 1;
        this.#live.delete(chunk.first);
        this.#free.push(window);
        this.#pump();
        this.#reporter.offer(() => this.#report());
      });
  }

  async #runShard(chunk: QueuedChunk, window: number): Promise<ChunkResult> {
    const { origin, reuse, limits } = this.#input;
    const most = this.#stage.map?.on_item_failure.max_failures ?? null;
    const sliced = reuse === null ? null : sliceLedger(reuse, chunk.first, chunk.count);
    const done =
      sliced?.parts === undefined
        ? sliced
        : await withKeptResults(this.#stage, chunk.first, sliced, this.#shared.context);
    const input: ShardInput = {
      origin,
      chunk: { ...chunk, reuse: done },
      window,
      failures_left: most === null ? null : Math.max(0, most - this.#totals.counts.failed),
      limits,
    };
    const shard = await startChild<(input: ShardInput) => Promise<ChunkResult>>(MAP_SHARD_WORKFLOW, {
      args: [input],
      workflowId: `${workflowInfo().workflowId}/${chunk.first}`,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      staticSummary: `items ${chunk.first} to ${chunk.first + chunk.count - 1}`,
    });
    const stopTelling = passPauseOn(shard, this.#shared.pause);
    const halt = (): void => void shard.signal(cancelAfterWaveSignal).catch(() => undefined);
    this.#stoppers.add(halt);
    try {
      return await shard.result();
    } finally {
      stopTelling();
      this.#stoppers.delete(halt);
    }
  }

  #ended(chunk: QueuedChunk, result: ChunkResult): void {
    this.#totals.add(result);
    const most = this.#stage.map?.on_item_failure.max_failures ?? null;
    if (result.stopped !== null) return this.stop(result.stopped);
    if (most !== null && this.#totals.counts.failed > most) return this.stop('failed');
    this.#queue.giveBack(chunk, result.covered);
  }

  /** A shard always gives a result, unless somebody ended it or it never started. */
  #broke(error: unknown): void {
    if (this.#stopped !== null) return;
    const reason =
      error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : '';
    const message = `a shard of the map was ended from outside: ${reason}`;
    this.#error = { type: ERROR_TYPE.pipelineCancelled, message, stage: this.#stage.id };
    this.stop('failed');
  }

  /** Reads a page ahead while shards run. */
  #read(): void {
    const { source } = this.#input;
    const wanted = this.#queue.wantedPage;
    if (source.type !== 'pages' || wanted === null || this.#isReading) return;
    this.#isReading = true;
    this.#pages += 1;
    void this.#scope
      .run(() =>
        readPage(this.#stage, { ...source, cursor: wanted.cursor }, this.#shared.context, this.#pages),
      )
      .then(
        ({ items, next }) => this.#queue.addPage(items, next),
        (error: unknown) => this.#unreadable(error),
      )
      .then(() => {
        this.#isReading = false;
        this.#pump();
      });
  }

  #unreadable(error: unknown): void {
    if (this.#stopped !== null) return;
    this.#error = activityOutcome(this.#stage, error).error;
    this.stop(this.#error === undefined ? 'cancelled' : 'failed');
  }

  #continue(): Promise<never> {
    const { source } = this.#input;
    return continueAsNew<(input: CoordinatorInput) => Promise<never>>({
      ...this.#input,
      source: source.type === 'pages' ? { ...source, items: [] } : source,
      carried: {
        started_at: this.#startedAt,
        queue: this.#queue.carry(),
        totals: this.#totals.carry(),
        paused: this.#shared.pause.paused,
      },
    });
  }

  #report(): MapProgress {
    const counts: { -readonly [K in keyof ItemCounts]: number } = { ...this.#totals.counts };
    let running = 0;
    for (const live of this.#live.values()) {
      counts.succeeded += live.counts.succeeded;
      counts.failed += live.counts.failed;
      counts.reused += live.counts.reused;
      counts.skipped += live.counts.skipped;
      running += live.running;
    }
    const failed_items = [
      ...this.#totals.failedItems,
      ...[...this.#live.values()].flatMap((live) => live.failed_items),
    ];
    const total = this.#queue.total;
    return {
      first: 0,
      stage: this.#stage.id,
      total,
      counts,
      running,
      failed_items: failed_items.slice(0, 100),
    };
  }
}
