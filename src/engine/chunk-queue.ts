import type { Json } from '../shared/json.js';
import type { Chunk, QueuedSource } from './map-shard.js';

/** What is left to give out, in a form that travels. */
export type CarriedQueue = {
  readonly next: number;
  readonly rest: readonly QueuedChunk[];
  /** Of a paged source: the cursor of the next page, and items that were read and not given out. */
  readonly pages: { readonly cursor: Json; readonly items: readonly Json[] } | null;
};

/** Consecutive items that nobody runs yet. */
export type QueuedChunk = Omit<Chunk, 'reuse'>;

/** Divides what a map goes over into chunks, in order. Holds of a paged source only what was read and not given out. */
export class ChunkQueue {
  readonly #source: QueuedSource;
  readonly #chunkItems: number;
  readonly #batchSize: number;
  readonly #rest: QueuedChunk[];
  #next: number;
  #buffer: Json[] = [];
  /** Null when the last page was read. */
  #cursor: Json = null;
  #hasPages = false;

  constructor(
    source: QueuedSource,
    sizes: { readonly chunkUnits: number; readonly batchSize: number },
    carried?: CarriedQueue,
  ) {
    this.#source = source;
    this.#batchSize = sizes.batchSize;
    this.#chunkItems = sizes.chunkUnits * sizes.batchSize;
    this.#next = carried?.next ?? 0;
    this.#rest = [...(carried?.rest ?? [])];
    if (source.type !== 'pages') return;
    this.#buffer = [...(carried?.pages?.items ?? source.items)];
    this.#cursor = carried === undefined ? source.cursor : (carried.pages?.cursor ?? null);
    this.#hasPages = this.#cursor !== null;
  }

  /** Items in all; null while further pages may come. */
  get total(): number | null {
    if (this.#source.type === 'list') return this.#source.items.length;
    if (this.#source.type === 'range') return this.#source.count;
    return this.#hasPages ? null : this.#next + this.#buffer.length;
  }

  /** Where the next page is read, when one is wanted. */
  get wantedPage(): { readonly cursor: Json } | null {
    return this.#hasPages && this.#buffer.length < this.#chunkItems ? { cursor: this.#cursor } : null;
  }

  addPage(items: readonly Json[], next: Json): void {
    for (const item of items) this.#buffer.push(item);
    this.#cursor = next;
    this.#hasPages = next !== null;
  }

  /**
   * The next items to run, or null. A paged source gives less than a chunk only at its end, or when nothing else runs, so
   * that slow pages make few and full chunks.
   */
  next(isIdle: boolean): QueuedChunk | null {
    const rest = this.#rest.shift();
    if (rest !== undefined) return rest;
    const first = this.#next;
    const count = this.#take(isIdle);
    if (count === 0) return null;
    this.#next += count;
    return { first, count, items: this.#itemsOf(first, count) };
  }

  /** Takes back the items of a chunk that nobody started. */
  giveBack({ first, count, items }: QueuedChunk, covered: number): void {
    if (covered >= count) return;
    this.#rest.push({ first: first + covered, count: count - covered, items: items?.slice(covered) ?? null });
  }

  get isEmpty(): boolean {
    if (this.#rest.length > 0 || this.#hasPages || this.#buffer.length > 0) return false;
    return this.#next >= (this.total ?? 0);
  }

  carry(): CarriedQueue {
    const isPaged = this.#source.type === 'pages';
    return {
      next: this.#next,
      rest: this.#rest,
      pages: isPaged ? { cursor: this.#cursor, items: this.#buffer } : null,
    };
  }

  #take(isIdle: boolean): number {
    if (this.#source.type !== 'pages') return Math.min(this.#chunkItems, (this.total ?? 0) - this.#next);
    const there = this.#buffer.length;
    if (there >= this.#chunkItems) return this.#chunkItems;
    if (!this.#hasPages) return there;
    return isIdle ? there - (there % this.#batchSize) : 0;
  }

  #itemsOf(first: number, count: number): readonly Json[] | null {
    if (this.#source.type === 'range') return null;
    if (this.#source.type === 'list') return this.#source.items.slice(first, first + count);
    return this.#buffer.splice(0, count);
  }
}
