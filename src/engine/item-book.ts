import type { Json } from '../shared/json.js';
import { IndexSet } from './index-ranges.js';
import { firstFailures, type ItemLedger, MOST_FAILED_LISTED } from './map-ledger.js';
import type { ChunkResult, ItemCounts } from './map-shard.js';
import type { FailedItem, StageError } from './result.js';

export type ItemBookOptions = {
  /** Position of the first item. */
  readonly first: number;
  readonly count: number;
  readonly batchSize: number;
  /** How many may fail before no more start; null is all. */
  readonly failuresLeft: number | null;
  /** False where outputs are not wanted. */
  readonly keepsOutputs: boolean;
  readonly reuse: ItemLedger | null;
  /** True when further items may come, until {@link ItemBook.close}: a batch that is not full waits for them. */
  readonly isOpen?: boolean;
  /** Positions to run; the others are somebody else's. All of them where this is left out. */
  readonly only?: readonly number[];
};

/** Positions of items that run together. */
export type ItemUnit = readonly number[];

/**
 * How one item ended. One that was cancelled is neither done nor failed: it has to run again. One that was given away
 * is somebody else's from then on.
 */
export type ItemEnd =
  | { readonly status: 'succeeded' | 'reused' | 'skipped'; readonly output: Json }
  | { readonly status: 'failed'; readonly error: StageError; readonly attempts?: number }
  | { readonly status: 'cancelled' | 'given_away' };

/**
 * The book of consecutive items of a map: which may start, which run, how each ended. It knows nothing of time or of how
 * work is done. Every item is in exactly one place: not started, running, done, failed, or given back by a cancellation.
 */
export class ItemBook {
  readonly #options: ItemBookOptions;
  readonly #done = new IndexSet();
  readonly #failed = new IndexSet();
  readonly #outputs: Json[] = [];
  readonly #running = new Set<number>();
  #failedItems: FailedItem[] = [];
  #next: number;
  #count: number;
  #isOpen: boolean;
  readonly #counts = { succeeded: 0, reused: 0, failed: 0, skipped: 0 };
  #stopped: 'failed' | 'cancelled' | null = null;

  constructor(options: ItemBookOptions) {
    this.#options = options;
    this.#next = options.first;
    this.#count = options.count;
    this.#isOpen = options.isOpen ?? false;
    if (options.reuse !== null) this.#takeOver(options.reuse);
  }

  /** The next items to start, which count as running from now on; null when there are none. */
  next(): ItemUnit | null {
    const { batchSize } = this.#options;
    while (this.hasNext) {
      const from = this.#next;
      this.#next = Math.min(from + batchSize, this.#end);
      const unit: number[] = [];
      for (let index = from; index < this.#next; index++) if (this.#isOwn(index)) unit.push(index);
      for (const index of unit) this.#running.add(index);
      if (unit.length > 0) return unit;
    }
    return null;
  }

  /** Books the end of a running item. One failure more than allowed keeps further ones from starting. */
  end(index: number, end: ItemEnd): void {
    if (!this.#running.delete(index)) throw new Error(`Item ${index} does not run.`);
    switch (end.status) {
      case 'cancelled':
      case 'given_away':
        return;
      case 'failed':
        return this.#fail(index, end);
      default:
        this.#counts[end.status] += 1;
        this.#done.add(index);
        if (this.#options.keepsOutputs) this.#outputs[index - this.#options.first] = end.output;
    }
  }

  /** Starts no more items. The first reason stays. */
  stop(reason: 'failed' | 'cancelled'): void {
    this.#stopped ??= reason;
  }

  get stopped(): 'failed' | 'cancelled' | null {
    return this.#stopped;
  }

  /** Takes in items that have come, behind those that are there; some of them may be done. */
  add(count: number, reuse: ItemLedger | null): void {
    this.#count += count;
    if (reuse !== null) this.#takeOver(reuse);
  }

  /** No more items come. */
  close(): void {
    this.#isOpen = false;
  }

  /** The position after the last item that was given to start. */
  get position(): number {
    return this.#next;
  }

  /** True while further items may come that would run. */
  get isOpen(): boolean {
    return this.#isOpen && this.#stopped === null;
  }

  /** True when an item is there that has not started and still may. */
  get hasNext(): boolean {
    const least = this.isOpen ? this.#options.batchSize : 1;
    return this.#stopped === null && this.#next + least <= this.#end;
  }

  /** The position after the last item. */
  get #end(): number {
    return this.#options.first + this.#count;
  }

  /** Items that run. */
  get running(): ReadonlySet<number> {
    return this.#running;
  }

  get counts(): ItemCounts {
    return { ...this.#counts };
  }

  get failedItems(): readonly FailedItem[] {
    return this.#failedItems;
  }

  /**
   * The result of all items up to the first that never started. Nothing may run. What was taken over beyond them is
   * told only by a book that was stopped: otherwise those items are given to another book, which takes them over again.
   */
  result(): Omit<ChunkResult, 'part' | 'state' | 'metrics' | 'versions' | 'artifacts'> {
    if (this.#running.size > 0) throw new Error(`${this.#running.size} items still run.`);
    const { first, keepsOutputs } = this.#options;
    const end = this.#stopped === null ? this.#next : this.#end;
    const done = this.#done.ranges.flatMap(([from, to]) =>
      from < end ? [[from, Math.min(to, end)] as const] : [],
    );
    const beyond = this.#done.size - done.reduce((sum, [from, to]) => sum + to - from, 0);
    const outputs = this.#outputs.slice(0, end - first).filter((output) => output !== undefined);
    return {
      covered: this.#next - first,
      counts: { ...this.#counts, reused: this.#counts.reused - beyond },
      done,
      failed: this.#failed.ranges,
      failed_items: this.#failedItems,
      outputs: keepsOutputs ? outputs : null,
      stopped: this.#stopped,
    };
  }

  /** What is known of all items at this moment, also while some run. */
  ledger(total: number): ItemLedger {
    const { first, keepsOutputs } = this.#options;
    const done = this.#done.ranges;
    const outputs = done.flatMap(([from, to]) => this.#outputs.slice(from - first, to - first));
    return { total, done, failed: this.#failed.ranges, outputs: keepsOutputs ? outputs : null };
  }

  #isOwn(index: number): boolean {
    const { only } = this.#options;
    return !this.#done.has(index) && (only === undefined || only.includes(index));
  }

  #fail(index: number, { error, attempts }: Extract<ItemEnd, { status: 'failed' }>): void {
    const { failuresLeft } = this.#options;
    this.#counts.failed += 1;
    this.#failed.add(index);
    this.#failedItems.push({ index, error, ...(attempts === undefined ? {} : { attempts }) });
    if (this.#failedItems.length >= 2 * MOST_FAILED_LISTED)
      this.#failedItems = [...firstFailures([this.#failedItems])];
    if (failuresLeft !== null && this.#counts.failed > failuresLeft) this.stop('failed');
  }

  #takeOver(reuse: ItemLedger): void {
    const { first, keepsOutputs } = this.#options;
    let position = 0;
    for (const [from, to] of reuse.done) {
      for (let index = from; index < to; index++, position++) {
        if (index < first || index >= this.#end) continue;
        const output = reuse.outputs?.[position];
        if (keepsOutputs && output === undefined) continue;
        this.#done.add(index);
        this.#counts.reused += 1;
        if (keepsOutputs && output !== undefined) this.#outputs[index - first] = output;
      }
    }
  }
}
