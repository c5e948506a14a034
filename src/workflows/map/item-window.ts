import { CancellationScope, patched } from '@temporalio/workflow';
import type { ItemBook, ItemUnit } from '../../engine/item-book.js';
import type { StagePlan } from '../../engine/plan.js';
import type { OpenStatus, StageOutcome } from '../../engine/stage-record.js';
import type { Json } from '../../shared/json.js';
import { isActivityKind } from '../stages/activity-call.js';
import type { OnStageEnd, StageRunContext, StageWait } from '../stages/stage-context.js';
import { startBatch } from './batch.js';
import { batchEnds, itemEnd } from './item-end.js';
import { ItemGains } from './item-gains.js';
import { endItem, type ItemAt, itemStage, startItem } from './start-item.js';

export type ItemWindowOptions = {
  readonly book: ItemBook;
  readonly itemAt: (index: number) => Json;
  /** Most units that run at once; one that waits for a person does not count. */
  readonly size: number;
  /** False once no more units may start in this workflow, whatever the book says. */
  readonly mayStart: () => boolean;
  /** Takes units over that are held, instead of having them wait here. */
  readonly giveAway?: (unit: ItemUnit, failure: StageOutcome) => void;
  /** Nothing runs: items end like this, those that failed by the fallback of their stage. */
  readonly endsWith?: StageOutcome;
  /** Called after units have ended. */
  readonly onChange: () => void;
  /** Called once, when nothing runs and nothing more will start. */
  readonly onRest: () => void;
};

/**
 * Runs the items of a book, a few at a time: as one ends the next one starts. When more failed than the book allows, or
 * the stage is cancelled, it starts no more and cancels those that run.
 */
export class ItemWindow {
  readonly gains = new ItemGains();
  readonly #stage: StagePlan;
  readonly #context: StageRunContext;
  readonly #options: ItemWindowOptions;
  readonly #scope = new CancellationScope({ cancellable: true });
  /** For the timer of the budget, which must fire whatever becomes of the map. */
  readonly #root = new CancellationScope({ cancellable: false });
  /** Batches whose action runs once for all of them, by their first item. */
  readonly #units = new Map<number, ItemUnit>();
  /** Of items that travel together, what notes that one of them has ended. */
  readonly #fellows = new Map<number, () => void>();
  #running = 0;
  readonly #parked = new Set<string>();
  readonly #stopListening: () => void;
  readonly #isBatched: boolean;
  #isPumping = false;
  #isOver = false;
  #isFailing = false;
  #isHalted = false;

  constructor(stage: StagePlan, context: StageRunContext, options: ItemWindowOptions) {
    this.#stage = stage;
    this.#options = options;
    // What items do is told in numbers.
    const { journal: _journal, ...rest } = context;
    this.#context = { ...rest, mark: (item, status, wait) => this.#mark(item, status, wait) };
    this.#isBatched = (stage.map?.batch_size ?? 1) > 1 && isActivityKind(stage);
    this.#stopListening = context.pause.onChange((paused) => {
      if (paused === null) this.pump();
    });
    this.#scope.cancelRequested.catch(() => this.#cancelled());
  }

  /** Units that run. */
  get running(): number {
    return this.#running;
  }

  /** Starts what may start now. Asked again by itself whenever something ends. */
  pump(): void {
    if (this.#isPumping || this.#isOver) return;
    this.#isPumping = true;
    if (CancellationScope.current() === this.#scope) this.#startAll();
    else void this.#scope.run(async () => this.#startAll());
    this.#isPumping = false;
    if (this.#running === 0 && (this.#isHalted || this.#isEmpty)) this.#rest();
  }

  get #isEmpty(): boolean {
    const { book } = this.#options;
    return !book.hasNext && !book.isOpen;
  }

  /** Lets what runs end and starts no more. */
  halt(): void {
    this.#options.book.stop('cancelled');
    this.pump();
  }

  /** Kinds that end at once make room at once, hence the loop. */
  #startAll(): void {
    const { book, size, mayStart } = this.#options;
    const { pause, budget } = this.#context;
    while (this.#running - this.#parked.size < size && !pause.isOn && book.hasNext) {
      if (!mayStart()) {
        this.#isHalted = true;
        return;
      }
      if (budget.isSpent(this.#root)) return budget.onceRefilled(() => this.pump());
      const unit = book.next();
      if (unit !== null) this.#start(unit);
    }
  }

  #start(unit: ItemUnit): void {
    const [index = 0] = unit;
    const { endsWith } = this.#options;
    this.#running += 1;
    if (this.#isBatched && this.#stage.map?.whole_batch === false && endsWith === undefined) {
      const left = { items: unit.length };
      const ended = (): void => {
        left.items -= 1;
        if (left.items === 0) this.#unitEnded();
      };
      const onEnd: OnStageEnd = (item, outcome) => {
        this.#end(item, outcome);
        ended();
      };
      for (const at of unit) this.#fellows.set(at, ended);
      const items = unit.map((at) => ({ index: at, item: this.#options.itemAt(at) }));
      return startBatch(this.#stage, items, this.#context, onEnd);
    }
    if (this.#stage.map?.whole_batch === true) this.#units.set(index, unit);
    const at = this.#atOf(unit);
    const outcome =
      endsWith === undefined
        ? startItem(this.#stage, at, this.#context, this.#onEnd)
        : endItem(this.#stage, at, { outcome: endsWith, context: this.#context, onEnd: this.#onEnd });
    if (outcome === null) return;
    this.#end(itemStage(this.#stage, index), outcome);
    this.#running -= 1;
  }

  #atOf(unit: ItemUnit): ItemAt {
    const [index = 0] = unit;
    const { itemAt } = this.#options;
    if (this.#stage.map?.whole_batch !== true) return { index, item: itemAt(index) };
    return { index, batch: unit.map(itemAt) };
  }

  readonly #onEnd = (stage: StagePlan, outcome: StageOutcome): void => {
    this.#end(stage, outcome);
    this.#unitEnded();
  };

  #unitEnded(): void {
    this.#running -= 1;
    if (this.#isPumping) return;
    this.pump();
    this.#options.onChange();
  }

  /** Books the end of an item, or of what ran once for a whole batch. */
  #end(item: StagePlan, outcome: StageOutcome): void {
    const { book } = this.#options;
    const index = item.item?.index ?? 0;
    this.#parked.delete(item.id);
    this.#fellows.delete(index);
    this.gains.add(index, outcome);
    const unit = this.#units.get(index);
    if (unit === undefined) book.end(index, itemEnd(this.#stage, outcome));
    else {
      this.#units.delete(index);
      const ends = batchEnds(this.#stage, unit, outcome);
      unit.forEach((at, position) => book.end(at, ends[position] ?? { status: 'cancelled' }));
    }
    if (book.stopped === 'failed') this.#fail();
  }

  /** Those that wait for a person would wait for ever: their timers end with the others. */
  #fail(): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#scope.cancel();
    const { holds } = this.#context;
    if (holds.itemsOf(this.#stage.id).length > 0 && patched('held-items-end-with-their-map')) {
      holds.giveUpItems(this.#stage.id);
    }
  }

  #mark(item: StagePlan, status: OpenStatus, wait?: StageWait): void {
    const { giveAway } = this.#options;
    if (status === 'held' && giveAway !== undefined && item.item?.stage === this.#stage.id) {
      return this.#give(item.item.index, wait?.outcome, giveAway);
    }
    if (status === 'held' || status === 'awaiting_approval') this.#parked.add(item.id);
    else this.#parked.delete(item.id);
    this.pump();
  }

  #give(
    index: number,
    failure: StageOutcome | null | undefined,
    giveAway: NonNullable<ItemWindowOptions['giveAway']>,
  ): void {
    const unit = this.#units.get(index) ?? [index];
    const ended = this.#fellows.get(index);
    this.#units.delete(index);
    this.#fellows.delete(index);
    for (const at of unit) this.#options.book.end(at, { status: 'given_away' });
    giveAway(unit, failure ?? { status: 'failed' });
    if (ended === undefined) this.#unitEnded();
    else ended();
  }

  #cancelled(): void {
    this.#options.book.stop('cancelled');
    this.pump();
  }

  #rest(): void {
    this.#isOver = true;
    this.#stopListening();
    this.#options.onRest();
  }
}
