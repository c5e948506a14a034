import type { ItemResult, ItemTask, StageTask, TaskResult } from '../../shared/task.js';
import type { BlobStore } from '../../storage/blob-store.js';
import { getObject, putObject } from '../../storage/objects.js';
import { type Attempt, type AttemptDeps, stageContext } from '../attempt.js';
import { toFailure } from '../failure.js';
import { stageStream } from '../stage-stream.js';

type RunItemsDeps = AttemptDeps & {
  /** Runs the stage's action for one item. */
  readonly runOne: (attempt: Attempt) => Promise<TaskResult>;
};

/** What an attempt keeps for the next one: results by position, older ones in the store. */
type BatchCheckpoint = { readonly saved: readonly string[]; readonly recent: readonly Settled[] };

type Settled = readonly [position: number, result: ItemResult];

/** Heartbeats beyond this size would be refused. */
const LARGEST_HEARTBEAT = 512 * 1024;

/**
 * Runs the items of a batch one after the other. A failed item loses no other; what has ended is kept with heartbeats,
 * so that a later attempt, also after the death of the worker, repeats only what is left. Ends with an error for as long
 * as an item may be tried again, and else gives a result for each item.
 */
export async function runItems(attempt: Attempt, deps: RunItemsDeps): Promise<TaskResult> {
  const { items = [] } = attempt.task;
  const batch = await BatchMemory.open(attempt, deps.store, items.length);
  let retry: Error | null = null;
  for (const [position, item] of items.entries()) {
    if (batch.has(position)) continue;
    attempt.stopped.signal.throwIfAborted();
    try {
      const result = await deps.runOne(itemAttempt(attempt, item, deps));
      await batch.settle(position, { ok: true, ...result });
    } catch (thrown) {
      attempt.stopped.signal.throwIfAborted();
      const { isFinal, result, failure } = failed(thrown, attempt);
      if (isFinal) await batch.settle(position, result);
      else {
        batch.note(position, result);
        retry ??= thrown instanceof Error ? thrown : failure;
      }
    }
  }
  if (retry !== null && mayRetry(attempt)) throw retry;
  return {
    output: null,
    items: batch.all,
    ...(attempt.ctx.attempt === 1 ? {} : { attempt: attempt.ctx.attempt }),
  };
}

function mayRetry({ task, ctx }: Attempt): boolean {
  const most = task.item_retry?.max_attempts ?? 1;
  return most === 0 || ctx.attempt < most;
}

type FailedItem = {
  readonly failure: Error;
  /** True when another attempt would be in vain. */
  readonly isFinal: boolean;
  readonly result: ItemResult;
};

function failed(thrown: unknown, attempt: Attempt): FailedItem {
  const { redact, task, ctx } = attempt;
  const failure = toFailure(thrown, { redact, retryable: task.retryable_errors, attempt: ctx.attempt });
  const type = failure.type ?? 'Error';
  const isListed = task.item_retry?.non_retryable_errors.includes(type) ?? false;
  return {
    failure,
    isFinal: failure.nonRetryable === true || isListed,
    result: { ok: false, type, message: failure.message, attempt: ctx.attempt },
  };
}

/** One item as an attempt of its own: with its params, what it gives, and its own checkpoint. */
function itemAttempt(attempt: Attempt, item: ItemTask, deps: RunItemsDeps): Attempt {
  const { items: _items, cache: _cache, secret_slots: _slots, ...shared } = attempt.task;
  const { params, secret_slots, cache, index } = item;
  const task: StageTask = {
    ...shared,
    params,
    item: { index },
    ...(secret_slots === undefined ? {} : { secret_slots }),
    ...(cache === undefined ? {} : { cache }),
  };
  const heartbeat = {
    ...attempt.heartbeat,
    lastCheckpoint: undefined,
    update: (details: Parameters<Attempt['heartbeat']['update']>[0]) => {
      const { checkpoint: _own, ...rest } = details;
      attempt.heartbeat.update(rest);
    },
  };
  const stream = stageStream(task, attempt.ctx.attempt, { store: deps.store, heartbeat });
  const one = { ...attempt, task, heartbeat, stream, given: {} };
  return { ...one, ctx: stageContext(one, attempt.ctx.attempt, deps) };
}

/** What has ended of a batch, over all of its attempts. */
class BatchMemory {
  readonly #attempt: Attempt;
  readonly #store: BlobStore;
  readonly #size: number;
  readonly #settled = new Map<number, ItemResult>();
  readonly #noted = new Map<number, ItemResult>();
  readonly #saved: string[];
  #recent: Settled[];
  #recentBytes = 0;

  private constructor(attempt: Attempt, store: BlobStore, size: number, checkpoint: BatchCheckpoint) {
    this.#attempt = attempt;
    this.#store = store;
    this.#size = size;
    this.#saved = [...checkpoint.saved];
    this.#recent = [...checkpoint.recent];
  }

  static async open(attempt: Attempt, store: BlobStore, size: number): Promise<BatchMemory> {
    const last = attempt.heartbeat.lastCheckpoint as BatchCheckpoint | undefined;
    const memory = new BatchMemory(attempt, store, size, last ?? { saved: [], recent: [] });
    for (const sha256 of memory.#saved) {
      const settled = JSON.parse((await getObject(store, sha256)).toString('utf8')) as Settled[];
      for (const [position, result] of settled) memory.#settled.set(position, result);
    }
    for (const [position, result] of memory.#recent) memory.#settled.set(position, result);
    memory.#recentBytes = JSON.stringify(memory.#recent).length;
    attempt.given.items = () => memory.#results();
    return memory;
  }

  has(position: number): boolean {
    return this.#settled.has(position);
  }

  /** Books the end of an item for this attempt and all later ones. */
  async settle(position: number, result: ItemResult): Promise<void> {
    this.#settled.set(position, result);
    this.#recent.push([position, result]);
    this.#recentBytes += JSON.stringify(result).length + 10;
    if (this.#recentBytes > LARGEST_HEARTBEAT) {
      const { sha256 } = await putObject(this.#store, Buffer.from(JSON.stringify(this.#recent)));
      this.#saved.push(sha256);
      this.#recent = [];
      this.#recentBytes = 0;
    }
    const checkpoint = { saved: [...this.#saved], recent: [...this.#recent] };
    this.#attempt.heartbeat.update({
      progress: this.#settled.size / this.#size,
      checkpoint,
    });
  }

  /** Remembers how an item failed that may be tried again. */
  note(position: number, result: ItemResult): void {
    this.#noted.set(position, result);
  }

  get all(): readonly ItemResult[] {
    return Array.from({ length: this.#size }, (_, position) => {
      const result = this.#settled.get(position) ?? this.#noted.get(position);
      if (result === undefined) throw new Error(`Item ${position} of the batch has not ended.`);
      return result;
    });
  }

  #results(): ReadonlyArray<ItemResult | null> {
    return Array.from({ length: this.#size }, (_, position) => this.#settled.get(position) ?? null);
  }
}
