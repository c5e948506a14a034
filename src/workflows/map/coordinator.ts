import { CancellationScope, condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import { ChunkQueue, type QueuedChunk } from '../../engine/chunk-queue.js';
import type { HeldUnit, UnitDecision } from '../../engine/held-unit.js';
import { itemWeight } from '../../engine/item-weight.js';
import type { CoordinatorInput } from '../../engine/map-coordination.js';
import { sliceLedger } from '../../engine/map-ledger.js';
import { mapOutcome } from '../../engine/map-outcome.js';
import { mapReport } from '../../engine/map-report.js';
import type { ChunkResult, MapProgress, QueuedSource, ShardInput } from '../../engine/map-shard.js';
import { MapTotals } from '../../engine/map-totals.js';
import type { StagePlan } from '../../engine/plan.js';
import type { StageError } from '../../engine/result.js';
import { isoTime, type StageOutcome } from '../../engine/stage-record.js';
import { isHistoryLong, MOST_RUNNING } from '../history-limits.js';
import { cancelAfterWaveSignal, pauseSignal, unpauseSignal } from '../messages.js';
import { activityOutcome } from '../stage-failure.js';
import { collectFile, withKeptResults, withPatches } from './collect.js';
import { endedFromOutside } from './ended-from-outside.js';
import { HeldUnits, type UnitRun } from './held-units.js';
import { readPage } from './map-source.js';
import { type FailedUnits, mapDecidedSignal, mapFailedSignal, mapProgressSignal } from './messages.js';
import { emptyReport, ProgressReporter } from './progress-reporter.js';
import { runShard, type ShardControls, unitInput } from './run-shard.js';
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
  setHandler(mapFailedSignal, (failed) => coordinator.hold(failed));
  setHandler(mapDecidedSignal, (decision) => coordinator.decide(decision));
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
  readonly #controls: ShardControls;
  readonly #held: HeldUnits;
  #running = 0;
  #pages = 0;
  #again = 0;
  #isReading = false;
  #stopped: 'failed' | 'cancelled' | null = null;
  #error: StageError | undefined;

  constructor(input: Input) {
    const { origin, source, limits, carried } = input;
    this.#input = input;
    this.#shared = shardContext(origin, limits, { paused: carried?.paused ?? null });
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
    this.#controls = { pause, running: new Map() };
    this.#held = new HeldUnits({
      stage: this.#stage,
      run: input.holds === true ? (workflowInfo().parent?.workflowId ?? null) : null,
      carried: carried?.held,
      runUnit: (unit, how) => this.#runUnit(unit, how),
      book: (result) => {
        this.#totals.addLate(result);
        this.#judge(result);
      },
    });
    this.#free = shardWindows(
      this.#stage.map?.max_concurrency ?? 100,
      Math.max(1, Math.floor(MOST_RUNNING / parallel)),
    );
  }

  async run(): Promise<StageOutcome> {
    this.#pump();
    await condition(() => this.#isAtRest);
    if (this.#stopped === null && !this.#isDone) return this.#continue();
    this.#held.giveUp();
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
      const { context } = this.#shared;
      const parts = await withPatches(this.#stage, this.#totals, context);
      const file = await collectFile(this.#stage, parts, context);
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
    for (const halt of this.#controls.running.values()) halt();
  }

  progress(report: MapProgress): void {
    if (this.#live.has(report.first)) this.#live.set(report.first, report);
    this.#reporter.offer(() => this.#report());
  }

  /** A shard tells of units that have failed; one that has ended told of them in its result. */
  hold({ shard, units }: FailedUnits): void {
    if (this.#controls.running.has(shard)) for (const unit of units) this.#held.hold(unit);
  }

  decide(decision: UnitDecision): void {
    if (this.#stopped === null) this.#held.decide(decision);
  }

  get #isAtRest(): boolean {
    if (this.#running > 0 || this.#isReading || this.#held.isBusy) return false;
    return this.#stopped !== null || this.#isDone || this.#isLong;
  }

  get #isDone(): boolean {
    return this.#queue.isEmpty && this.#held.size === 0;
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
    const { origin, reuse, limits, holds } = this.#input;
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
      ...(holds === true ? { holds } : {}),
    };
    return runShard(input, this.#controls, chunk.first);
  }

  /** Runs a unit that was held, in a shard of its own; several may do so at a time, like held items of small maps. */
  #runUnit(unit: HeldUnit, how: UnitRun): Promise<ChunkResult> {
    this.#again += 1;
    const id = `${unit.positions[0] ?? 0}.again.${this.#again}`;
    return this.#scope.run(() => runShard(unitInput(unit, how, this.#input), this.#controls, id));
  }

  #ended(chunk: QueuedChunk, result: ChunkResult): void {
    const { held = [], ...rest } = result;
    this.#totals.add(rest);
    for (const unit of held) this.#held.hold(unit);
    this.#judge(result);
    if (this.#stopped === null) this.#queue.giveBack(chunk, result.covered);
  }

  /** Stops the map when a part of it was stopped, or when more items failed than it tolerates. */
  #judge({ stopped }: ChunkResult): void {
    const most = this.#stage.map?.on_item_failure.max_failures ?? null;
    if (stopped !== null) this.stop(stopped);
    else if (most !== null && this.#totals.counts.failed > most) this.stop('failed');
  }

  /** A shard always gives a result, unless somebody ended it or it never started. */
  #broke(error: unknown): void {
    if (this.#stopped !== null) return;
    this.#error = { ...endedFromOutside('a shard', error), stage: this.#stage.id };
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
        ...(this.#input.holds === true ? { held: this.#held.carry() } : {}),
      },
    });
  }

  #report(): MapProgress {
    return mapReport({
      stage: this.#stage.id,
      total: this.#queue.total,
      totals: this.#totals,
      live: this.#live.values(),
      held: this.#held.size,
    });
  }
}
