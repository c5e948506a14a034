import { CancellationScope } from '@temporalio/workflow';
import { ItemBook } from '../../engine/item-book.js';
import { liveItems } from '../../engine/live-items.js';
import { mapOutcome } from '../../engine/map-outcome.js';
import type { ChunkResult } from '../../engine/map-shard.js';
import { MapTotals } from '../../engine/map-totals.js';
import type { StagePlan } from '../../engine/plan.js';
import type { ItemSummary } from '../../engine/result.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import type { Json } from '../../shared/json.js';
import { activityOutcome } from '../stage-failure.js';
import type { OnStageEnd, StageRunContext } from '../stages/stage-context.js';
import { collectFile, collectPart } from './collect.js';
import { ItemWindow } from './item-window.js';
import type { LiveMap } from './map-host.js';

export type InlineMapOptions = {
  readonly total: number;
  /** Null for a range, whose items are their positions. */
  readonly items: readonly Json[] | null;
  readonly window: number;
  readonly onEnd: OnStageEnd;
};

/** A map that is small enough to run in the workflow of its run. */
export class InlineMap implements LiveMap {
  readonly #stage: StagePlan;
  readonly #context: StageRunContext;
  readonly #options: InlineMapOptions;
  readonly #book: ItemBook;
  readonly #window: ItemWindow;
  readonly #startedAt = Date.now();
  #isStarting = true;
  #outcome: StageOutcome | null = null;

  constructor(stage: StagePlan, context: StageRunContext, options: InlineMapOptions) {
    this.#stage = stage;
    this.#context = context;
    this.#options = options;
    const { items, total, window } = options;
    this.#book = new ItemBook({
      first: 0,
      count: total,
      batchSize: stage.map?.batch_size ?? 1,
      failuresLeft: stage.map?.on_item_failure.max_failures ?? null,
      keepsOutputs: stage.map?.collect !== 'count',
      reuse: context.reuseItems?.[stage.id] ?? null,
    });
    this.#window = new ItemWindow(stage, context, {
      book: this.#book,
      itemAt: items === null ? (index) => index : (index) => items[index] ?? null,
      size: window,
      mayStart: () => true,
      onChange: () => undefined,
      onRest: () => this.#rest(),
    });
  }

  /** Gives the outcome if it ends at once, or null and reports it later. */
  start(): StageOutcome | null {
    this.#context.maps.add(this.#stage.id, this);
    this.#window.pump();
    this.#isStarting = false;
    return this.#outcome;
  }

  stopStarting(): void {
    this.#window.halt();
  }

  summary(withLedger = false): ItemSummary {
    const { total } = this.#options;
    const held = this.#context.holds.itemsOf(this.#stage.id).length;
    const items = liveItems({
      total,
      counts: this.#book.counts,
      running: this.#book.running.size - held,
      held,
      failedItems: this.#book.failedItems,
      elapsedMs: Date.now() - this.#startedAt,
    });
    return withLedger ? { ...items, ledger: this.#book.ledger(total) } : items;
  }

  #rest(): void {
    const { gains } = this.#window;
    const result: ChunkResult = { ...this.#book.result(), ...gains.all, part: null };
    const totals = new MapTotals();
    totals.add(result);
    const ended = {
      stage: this.#stage,
      totals,
      total: this.#options.total,
      stopped: result.stopped,
      elapsedMs: Date.now() - this.#startedAt,
    };
    const outcome = mapOutcome(ended);
    if (outcome.status !== 'succeeded' || this.#stage.map?.collect !== 'file') return this.#end(outcome);
    void CancellationScope.nonCancellable(() => this.#collect(totals.list(this.#options.total))).then(
      (file) => this.#end({ ...outcome, output: file }),
      (error: unknown) => this.#end({ ...outcome, ...activityOutcome(this.#stage, error) }),
    );
  }

  async #collect(results: readonly Json[]): Promise<Json> {
    const part = await collectPart(this.#stage, 0, results, this.#context);
    return collectFile(this.#stage, [part], this.#context);
  }

  #end(outcome: StageOutcome): void {
    this.#context.maps.remove(this.#stage.id);
    if (this.#isStarting) this.#outcome = outcome;
    else this.#options.onEnd(this.#stage, outcome);
  }
}
