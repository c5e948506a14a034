import { CancellationScope } from '@temporalio/workflow';
import type { ItemBook, ItemUnit } from '../../engine/item-book.js';
import type { StagePlan } from '../../engine/plan.js';
import type { OpenStatus, StageOutcome } from '../../engine/stage-record.js';
import type { Json } from '../../shared/json.js';
import { isActivityKind } from '../stages/activity-call.js';
import type { OnStageEnd, StageRunContext } from '../stages/stage-context.js';
import { startBatch } from './batch.js';
import { batchEnds, itemEnd } from './item-end.js';
import { ItemGains } from './item-gains.js';
import { type ItemAt, itemStage, startItem } from './start-item.js';

export type ItemWindowOptions = {
  readonly book: ItemBook;
  readonly itemAt: (index: number) => Json;
  /** Most units that run at once; one that waits for a person does not count. */
  readonly size: number;
  /** False once no more units may start in this workflow, whatever the book says. */
  readonly mayStart: () => boolean;
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
  #running = 0;
  readonly #parked = new Set<string>();
  readonly #stopListening: () => void;
  readonly #isBatched: boolean;
  #isPumping = false;
  #isOver = false;
  #isHalted = false;

  constructor(stage: StagePlan, context: StageRunContext, options: ItemWindowOptions) {
    this.#stage = stage;
    this.#options = options;
    // What items do is told in numbers.
    const { journal: _journal, ...rest } = context;
    this.#context = { ...rest, mark: (item, status) => this.#mark(item, status) };
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
    this.#running += 1;
    if (this.#isBatched && this.#stage.map?.whole_batch === false) {
      const left = { items: unit.length };
      const onEnd: OnStageEnd = (item, outcome) => {
        this.#end(item, outcome);
        left.items -= 1;
        if (left.items === 0) this.#unitEnded();
      };
      const items = unit.map((at) => ({ index: at, item: this.#options.itemAt(at) }));
      return startBatch(this.#stage, items, this.#context, onEnd);
    }
    if (this.#stage.map?.whole_batch === true) this.#units.set(index, unit);
    const outcome = startItem(this.#stage, this.#atOf(unit), this.#context, this.#onEnd);
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
    this.gains.add(index, outcome);
    const unit = this.#units.get(index);
    if (unit === undefined) book.end(index, itemEnd(this.#stage, outcome));
    else {
      this.#units.delete(index);
      const ends = batchEnds(this.#stage, unit, outcome);
      unit.forEach((at, position) => book.end(at, ends[position] ?? { status: 'cancelled' }));
    }
    if (book.stopped === 'failed') this.#scope.cancel();
  }

  #mark(item: StagePlan, status: OpenStatus): void {
    if (status === 'held' || status === 'awaiting_approval') this.#parked.add(item.id);
    else this.#parked.delete(item.id);
    this.pump();
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
