import { CancellationScope, condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import { ItemBook } from '../../engine/item-book.js';
import { itemWeight } from '../../engine/item-weight.js';
import type { CoordinatorInput } from '../../engine/map-coordination.js';
import { mapOutcome } from '../../engine/map-outcome.js';
import type { ChunkResult, ItemCounts, MapProgress, StreamedSource } from '../../engine/map-shard.js';
import { MapTotals } from '../../engine/map-totals.js';
import type { StagePlan } from '../../engine/plan.js';
import type { StageError } from '../../engine/result.js';
import { isoTime, type StageOutcome } from '../../engine/stage-record.js';
import type { StreamEnd } from '../../engine/stream-end.js';
import { declareItemName } from '../../expressions/environment.js';
import type { Json } from '../../shared/json.js';
import { ERROR_TYPE } from '../../shared/names.js';
import { isHistoryLong, MOST_RUNNING } from '../history-limits.js';
import { cancelAfterWaveSignal, pauseSignal, unpauseSignal } from '../messages.js';
import { activityOutcome } from '../stage-failure.js';
import type { PauseSwitch } from '../steering/pause-switch.js';
import { collectFile, doneBefore, keepResults } from './collect.js';
import { ItemWindow } from './item-window.js';
import { streamEndedSignal } from './messages.js';
import { ProgressReporter } from './progress-reporter.js';
import { type ShardContext, shardContext } from './shard-context.js';
import { StreamIntake } from './stream-intake.js';

type Input = CoordinatorInput & { readonly source: StreamedSource };

/**
 * Runs a map over the chunks that a stage gives, while they come: all items in this workflow, which goes on in a new
 * history by itself. Gives the outcome of the stage, also when it was cancelled.
 */
export function runStreamMap(input: Input): Promise<StageOutcome> {
  const map = new StreamMap(input);
  setHandler(streamEndedSignal, (end) => map.sourceEnded(end));
  setHandler(cancelAfterWaveSignal, () => map.stopStarting());
  setHandler(pauseSignal, ({ by, reason = null }) => map.pause.set({ by, reason, at: isoTime(Date.now()) }));
  setHandler(unpauseSignal, () => map.pause.set(null));
  return CancellationScope.nonCancellable(() => map.run());
}

class StreamMap {
  readonly #input: Input;
  readonly #shared: ShardContext;
  readonly #stage: StagePlan;
  /** Position of the first item of this history. */
  readonly #first: number;
  readonly #size: number;
  readonly #book: ItemBook;
  readonly #window: ItemWindow;
  readonly #intake: StreamIntake;
  readonly #totals: MapTotals;
  readonly #startedAt: number;
  readonly #reporter = new ProgressReporter(workflowInfo().parent?.workflowId ?? null);
  /** Items that have not started, by position. */
  readonly #items = new Map<number, Json>();
  /** The position after the last item that has come. */
  #come: number;
  #isOver = false;
  #error: StageError | undefined;

  constructor(input: Input) {
    const { origin, source, limits, carried } = input;
    this.#input = input;
    this.#shared = shardContext(origin, limits, { paused: carried?.paused ?? null });
    const { stage, context } = this.#shared;
    this.#stage = stage;
    declareItemName(stage.map?.as ?? 'item');
    this.#totals = new MapTotals(carried?.totals);
    this.#startedAt = carried?.started_at ?? Date.now();
    this.#first = carried?.queue.next ?? 0;
    this.#come = this.#first;
    const { parallel } = itemWeight(stage, context.plan.pipelines);
    this.#size = Math.min(stage.map?.max_concurrency ?? 100, Math.floor(MOST_RUNNING / parallel) || 1);
    this.#book = openBook(stage, this.#first, this.#totals.counts);
    this.#intake = new StreamIntake(stage, context, {
      source,
      cursor: carried?.queue.pages?.cursor ?? null,
      wanted: () => this.#wanted,
      onItems: (items) => this.#add(items),
      onDone: () => this.#close(),
      onError: (error) => this.#unreadable(error),
    });
    // The window is cancelled when this workflow is.
    this.#window = new ItemWindow(stage, context, {
      book: this.#book,
      itemAt: (index) => this.#itemAt(index),
      size: this.#size,
      mayStart: () => !this.#isLong,
      onChange: () => this.#pump(),
      onRest: () => {
        this.#isOver = true;
      },
    });
  }

  get pause(): PauseSwitch {
    return this.#shared.pause;
  }

  /** Starts nothing more and lets running items end. */
  stopStarting(): void {
    this.#shared.context.maps.stopStarting();
    this.#shared.context.pools.stop('after_wave');
    this.#window.halt();
  }

  /** How the stage ended whose chunks are the items. What runs goes on in any case. */
  sourceEnded(end: StreamEnd): void {
    if (end.how === 'whole' || end.how === 'so_far') return this.#intake.finish(end);
    if (end.how === 'broken') this.#fail({ type: ERROR_TYPE.streamBroken, message: end.message });
    this.#window.halt();
  }

  async run(): Promise<StageOutcome> {
    const { context } = this.#shared;
    const { source, carried } = this.#input;
    if (source.end !== null) this.sourceEnded(source.end);
    await this.#add(carried?.queue.pages?.items ?? []);
    await condition(() => this.#isOver && !this.#intake.isTaking);
    this.#intake.stop();
    await context.pools.settled();
    const result: ChunkResult = { ...this.#book.result(), ...this.#window.gains.all, part: null };
    this.#totals.add(await keepResults(this.#stage, this.#first, result, context));
    const next = this.#first + result.covered;
    const isComplete = this.#intake.isDone && next === this.#come;
    return result.stopped === null && !isComplete ? this.#continue(next) : this.#finish(result.stopped);
  }

  get #isLong(): boolean {
    return isHistoryLong(this.#input.limits.history);
  }

  /** Some more than can run, so that there is always one at hand. */
  get #wanted(): number {
    if (!this.#book.isOpen || this.#isLong) return 0;
    const ahead = 2 * this.#size * (this.#stage.map?.batch_size ?? 1);
    return ahead - (this.#come - this.#book.position);
  }

  async #add(items: readonly Json[]): Promise<void> {
    const at = this.#come;
    const done = await doneBefore(
      this.#stage,
      this.#input.reuse,
      { first: at, count: items.length },
      this.#shared.context,
    );
    this.#come += items.length;
    for (const [i, item] of items.entries()) this.#items.set(at + i, item);
    this.#book.add(items.length, done);
    this.#pump();
  }

  #itemAt(index: number): Json {
    const item = this.#items.get(index) ?? null;
    this.#items.delete(index);
    return item;
  }

  #pump(): void {
    if (this.#isLong) this.#book.close();
    this.#window.pump();
    this.#intake.pump();
    this.#reporter.offer(() => this.#progress());
  }

  #close(): void {
    this.#book.close();
    this.#window.pump();
  }

  #unreadable(error: unknown): void {
    const outcome = activityOutcome(this.#stage, error).error;
    this.#fail(outcome ?? { type: ERROR_TYPE.streamBroken, message: String(error) });
    this.#window.halt();
  }

  #fail(error: Omit<StageError, 'stage'>): void {
    this.#error ??= { ...error, stage: this.#stage.id };
  }

  async #finish(stopped: 'failed' | 'cancelled' | null): Promise<StageOutcome> {
    const { reuse } = this.#input;
    const stage = this.#stage;
    if (stopped !== null && reuse !== null) this.#totals.takeOver(reuse, stage.map?.collect ?? 'list');
    const outcome = mapOutcome({
      stage,
      totals: this.#totals,
      total: this.#intake.isDone ? this.#come : null,
      stopped,
      ...(this.#error === undefined ? {} : { error: this.#error }),
      elapsedMs: Date.now() - this.#startedAt,
    });
    if (outcome.status !== 'succeeded' || stage.map?.collect !== 'file') return outcome;
    try {
      return { ...outcome, output: await collectFile(stage, this.#totals.parts, this.#shared.context) };
    } catch (error) {
      return { ...outcome, ...activityOutcome(stage, error) };
    }
  }

  #continue(next: number): Promise<never> {
    const items = Array.from({ length: this.#come - next }, (_, i) => this.#items.get(next + i) ?? null);
    return continueAsNew<(input: Input) => Promise<never>>({
      ...this.#input,
      source: { ...this.#input.source, end: this.#intake.end },
      carried: {
        started_at: this.#startedAt,
        queue: { next, rest: [], pages: { cursor: this.#intake.cursor, items } },
        totals: this.#totals.carry(),
        paused: this.pause.paused,
      },
    });
  }

  #progress(): MapProgress {
    const before = this.#totals.counts;
    const { counts, running, failedItems } = this.#book;
    return {
      first: 0,
      stage: this.#stage.id,
      total: this.#intake.isDone ? this.#come : null,
      counts: {
        succeeded: before.succeeded + counts.succeeded,
        reused: before.reused + counts.reused,
        failed: before.failed + counts.failed,
        skipped: before.skipped + counts.skipped,
      },
      running: running.size,
      failed_items: [...this.#totals.failedItems, ...failedItems].slice(0, 100),
    };
  }
}

/** A book that items are added to as they come. */
function openBook({ map }: StagePlan, first: number, before: ItemCounts): ItemBook {
  const most = map?.on_item_failure.max_failures ?? null;
  return new ItemBook({
    first,
    count: 0,
    batchSize: map?.batch_size ?? 1,
    failuresLeft: most === null ? null : Math.max(0, most - before.failed),
    keepsOutputs: map?.collect !== 'count',
    reuse: null,
    isOpen: true,
  });
}
