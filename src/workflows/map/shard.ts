import { CancellationScope, condition, setHandler, workflowInfo } from '@temporalio/workflow';
import { ItemBook } from '../../engine/item-book.js';
import type { ChunkResult, MapProgress, ShardInput } from '../../engine/map-shard.js';
import type { StagePlan } from '../../engine/plan.js';
import { declareItemName } from '../../expressions/environment.js';
import { mustDrain } from '../history-limits.js';
import { isoTime } from '../../engine/stage-record.js';
import { cancelAfterWaveSignal, pauseSignal, unpauseSignal } from '../messages.js';
import { keepResults } from './collect.js';
import type { PauseSwitch } from '../steering/pause-switch.js';
import { GivenUnits } from './given-units.js';
import { ItemWindow } from './item-window.js';
import { ProgressReporter } from './progress-reporter.js';
import { shardContext, type ShardContext } from './shard-context.js';

/**
 * Runs consecutive items of a large map, a few at a time. Ends early, with what is covered so far, when its history gets
 * long; its coordinator has the rest run by another shard.
 */
export async function map_shard(input: ShardInput): Promise<ChunkResult> {
  const shard = new MapShard(input);
  setHandler(cancelAfterWaveSignal, () => shard.halt());
  setHandler(pauseSignal, ({ by, reason = null }) =>
    shard.pause.set({ by, reason, at: isoTime(Date.now()) }),
  );
  setHandler(unpauseSignal, () => shard.pause.set(null));
  return CancellationScope.nonCancellable(() => shard.run());
}

class MapShard {
  readonly #input: ShardInput;
  readonly #shared: ShardContext;
  readonly #stage: StagePlan;
  readonly #book: ItemBook;
  readonly #window: ItemWindow;
  readonly #reporter: ProgressReporter;
  readonly #given: GivenUnits | null;
  #isOver = false;

  constructor(input: ShardInput) {
    const { chunk, window } = input;
    this.#input = input;
    const given = input.holds === true ? new GivenUnits(input, (id) => this.#stage.id === id) : null;
    this.#given = given;
    this.#shared = shardContext(input.origin, input.limits, given === null ? {} : { holds: given });
    this.#stage = this.#shared.stage;
    const { map } = this.#stage;
    declareItemName(map?.as ?? 'item');
    this.#book = new ItemBook({
      first: chunk.first,
      count: chunk.count,
      batchSize: map?.batch_size ?? 1,
      failuresLeft: input.failures_left,
      keepsOutputs: map?.collect !== 'count',
      reuse: chunk.reuse,
      ...(chunk.only === undefined ? {} : { only: chunk.only }),
    });
    const { items, first } = chunk;
    this.#reporter = new ProgressReporter(workflowInfo().parent?.workflowId ?? null);
    // The window is cancelled when this workflow is.
    this.#window = new ItemWindow(this.#stage, this.#shared.context, {
      book: this.#book,
      itemAt: items === null ? (index) => index : (index) => items[index - first] ?? null,
      size: window,
      mayStart: () => !mustDrain(),
      ...(given === null ? {} : { giveAway: (unit, failure) => given.take(unit, failure) }),
      ...(input.ends_with === undefined ? {} : { endsWith: input.ends_with }),
      onChange: () => this.#reporter.offer(() => this.#progress()),
      onRest: () => {
        this.#isOver = true;
      },
    });
  }

  get pause(): PauseSwitch {
    return this.#shared.pause;
  }

  halt(): void {
    this.#shared.context.maps.stopStarting();
    this.#shared.context.pools.stop('after_wave');
    this.#window.halt();
  }

  async run(): Promise<ChunkResult> {
    this.#window.pump();
    await condition(() => this.#isOver);
    await this.#shared.context.pools.settled();
    const held = this.#given?.all ?? [];
    const result: ChunkResult = {
      ...this.#book.result(),
      ...this.#window.gains.all,
      part: null,
      ...(held.length === 0 ? {} : { held }),
    };
    return keepResults(this.#stage, this.#input.chunk.first, result, this.#shared.context);
  }

  #progress(): MapProgress {
    return {
      first: this.#input.chunk.first,
      stage: this.#stage.id,
      total: null,
      counts: this.#book.counts,
      running: this.#book.running.size,
      failed_items: this.#book.failedItems,
    };
  }
}
