import { ApplicationFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { StreamedSource } from '../../engine/map-shard.js';
import type { StagePlan } from '../../engine/plan.js';
import type { StreamEnd } from '../../engine/stream-end.js';
import type { Json } from '../../shared/json.js';
import type { StreamPage } from '../../shared/map-task.js';
import { ERROR_TYPE } from '../../shared/names.js';
import type { StageRunContext } from '../stages/stage-context.js';
import { readStreamPage } from './map-source.js';

/** Most items that are read at once. */
const LARGEST_PAGE = 1_000;

export type StreamIntakeOptions = {
  readonly source: StreamedSource;
  /** Where to go on; null at the start. */
  readonly cursor: Json;
  /** How many more items are wanted now; 0 for none. */
  readonly wanted: () => number;
  readonly onItems: (items: readonly Json[]) => Promise<void>;
  /** Called once, after the last item. */
  readonly onDone: () => void;
  readonly onError: (error: unknown) => void;
};

/**
 * Reads the chunks of a stage page by page, as they come. Chunks count as all that there are once it is known that the
 * stage has ended: what an attempt gave that then failed is followed by what the next one gives.
 */
export class StreamIntake {
  readonly #stage: StagePlan;
  readonly #context: Pick<StageRunContext, 'memory'>;
  readonly #options: StreamIntakeOptions;
  readonly #root = new CancellationScope({ cancellable: false });
  #end: StreamEnd | null;
  #cursor: Json;
  #pages = 0;
  #reading: CancellationScope | null = null;
  /** The stage has given its last chunk, and nobody knows yet whether it succeeded. */
  #isDrained = false;
  #isTaking = false;
  #isDone = false;

  constructor(stage: StagePlan, context: Pick<StageRunContext, 'memory'>, options: StreamIntakeOptions) {
    this.#stage = stage;
    this.#context = context;
    this.#options = options;
    this.#end = options.source.end;
    this.#cursor = options.cursor;
  }

  get cursor(): Json {
    return this.#cursor;
  }

  /** Of the stage whose chunks these are. */
  get end(): StreamEnd | null {
    return this.#end;
  }

  /** True while items that were read are on their way. */
  get isTaking(): boolean {
    return this.#isTaking;
  }

  /** True after the last item. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Reads on, if items are wanted. */
  pump(): void {
    const wanted = this.#options.wanted();
    if (this.#reading !== null || this.#isDone || this.#isDrained || wanted <= 0) return;
    this.#pages += 1;
    const scope = new CancellationScope({ cancellable: true, parent: this.#root });
    this.#reading = scope;
    const page = { number: this.#pages, cursor: this.#cursor, most: Math.min(wanted, LARGEST_PAGE) };
    const source = { ...this.#options.source, end: this.#end };
    void scope
      .run(() => readStreamPage(this.#stage, source, this.#context, page))
      .then(
        (read) => this.#take(read, source.end),
        (error: unknown) => this.#broke(error),
      );
  }

  /** The stage has ended: what is there is all. */
  finish(end: StreamEnd): void {
    this.#end = end;
    this.#isDrained = false;
    if (this.#reading === null) this.pump();
    // Where the stage succeeded, what is being read comes to the end by itself.
    else if (end.how !== 'whole') this.#reading.cancel();
  }

  /** Reads no more; what is being read is left to the one who goes on. */
  stop(): void {
    this.#isDrained = true;
    this.#reading?.cancel();
  }

  async #take({ items, next, read, is_over }: StreamPage, end: StreamEnd | null): Promise<void> {
    const isWhole = this.#end?.how === 'whole' && read === this.#end.chunks;
    // Of a page that was asked for before the end was known nobody knows whether more has come since.
    this.#isDone = isWhole || (end !== null && items.length === 0);
    this.#isDrained ||= end === null && this.#end === null && is_over && items.length === 0;
    if (this.#isDone && end?.how === 'whole' && !isWhole) return this.#broke(lostChunks(read, end.chunks));
    if (items.length > 0) {
      this.#isTaking = true;
      await this.#options.onItems(items);
      this.#isTaking = false;
    }
    this.#cursor = next;
    this.#reading = null;
    if (this.#isDone) this.#options.onDone();
    else this.pump();
  }

  #broke(error: unknown): void {
    this.#reading = null;
    if (isCancellation(error)) this.pump();
    else this.#options.onError(error);
  }
}

function lostChunks(read: number, chunks: number): ApplicationFailure {
  return ApplicationFailure.create({
    type: ERROR_TYPE.streamBroken,
    message: `only ${read} of its ${chunks} chunks are in the store; run the stage that gives them again`,
  });
}
