import type { StageRecord } from '../../engine/stage-record.js';

type Listener = (producer: StageRecord) => void;

/** Tells the maps that go over the chunks of a stage when that stage has ended. */
export class StreamDesk {
  readonly #recordOf: (stage: string) => StageRecord | undefined;
  readonly #prefix: string;
  readonly #listeners = new Map<string, Set<Listener>>();

  /** `prefix`: what comes before the IDs of the stages of this pipeline where they are known by their path. */
  constructor(recordOf: (stage: string) => StageRecord | undefined, prefix = '') {
    this.#recordOf = recordOf;
    this.#prefix = prefix;
  }

  /** The stage as workers and the store know it. */
  nameOf(stage: string): string {
    return `${this.#prefix}${stage}`;
  }

  /** The record of a stage that has ended, or null. */
  endOf(stage: string): StageRecord | null {
    const record = this.#recordOf(stage);
    return record === undefined || record.endedAt === null ? null : record;
  }

  /** Calls back when the stage ends. Gives a function that takes this back. */
  onEnd(stage: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(stage) ?? new Set();
    this.#listeners.set(stage, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** To be told of the end of each stage that was launched, after what that means for the run was enforced. */
  ended(stage: string): void {
    const record = this.endOf(stage);
    const listeners = this.#listeners.get(stage);
    if (record === null || listeners === undefined) return;
    this.#listeners.delete(stage);
    for (const listener of listeners) listener(record);
  }
}
