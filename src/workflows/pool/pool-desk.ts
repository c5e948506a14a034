import { CancellationScope, condition, setHandler, workflowInfo } from '@temporalio/workflow';
import type { PoolRequest } from '../../engine/pool-messages.js';
import type { PoolSpec } from '../../engine/stage-extras.js';
import type { StopReason } from '../../engine/verdict.js';
import { DeskLine } from './desk-line.js';
import { poolAnswerSignal } from './messages.js';

/** What a stage wants of a pool. */
export type PoolWish = Omit<PoolRequest, 'id'> & { readonly pool: string };

/** Something asked of a pool, granted or not. */
export type PoolTicket = {
  /** Gives the slots back, or the place in the line. */
  readonly release: () => void;
  /** Keeps everybody from the ticket's key until then, because a service asked for it. */
  readonly close: (until: number) => void;
};

/**
 * Where the stages of one workflow ask for slots. What they want and give back in one workflow task goes to a pool in
 * one signal. A workflow that asks for nothing pays nothing; one that does must wait for {@link settled} before it ends
 * or goes on in a new history, because the server drops what a closed workflow had still to say.
 */
export class PoolDesk {
  readonly #specs: Readonly<Record<string, PoolSpec>>;
  readonly #asOf: number;
  readonly #lines = new Map<string, DeskLine>();
  readonly #stopListeners = new Set<(reason: StopReason) => void>();
  #count = 0;

  /** `asOf`: when the run started whose settings these are; the newest settings that a pool is told of hold. */
  constructor(specs: Readonly<Record<string, PoolSpec>>, asOf: number) {
    this.#specs = specs;
    this.#asOf = asOf;
  }

  spec(pool: string): PoolSpec {
    return this.#specs[pool] ?? { slots: null, rate: null };
  }

  /** Asks for slots. `onGrant` is called once, unless the ticket was released before. */
  ask({ pool, ...wish }: PoolWish, onGrant: () => void): PoolTicket {
    const line = this.#line(pool);
    this.#count += 1;
    const id = String(this.#count);
    line.ask({ ...wish, id }, onGrant);
    return {
      release: () => line.release(id),
      close: (until) => line.close(wish.key, until),
    };
  }

  /** Tells those who wait that the run was stopped; they know whether they may still start. */
  stop(reason: StopReason): void {
    for (const listener of this.#stopListeners) listener(reason);
  }

  /** Calls `listener` when the run is stopped, until the function that it gives is called. */
  onStop(listener: (reason: StopReason) => void): () => void {
    this.#stopListeners.add(listener);
    return () => this.#stopListeners.delete(listener);
  }

  /** True while something is on its way to a pool. */
  get isSpeaking(): boolean {
    return [...this.#lines.values()].some((line) => line.isSpeaking);
  }

  async settled(): Promise<void> {
    await condition(() => {
      this.#flush();
      return !this.isSpeaking;
    });
  }

  #line(pool: string): DeskLine {
    if (this.#lines.size === 0) this.#open();
    const known = this.#lines.get(pool);
    if (known !== undefined) return known;
    const line = new DeskLine(pool, { ...this.spec(pool), as_of: this.#asOf });
    this.#lines.set(pool, line);
    return line;
  }

  #open(): void {
    setHandler(poolAnswerSignal, ({ pool, granted, restate }) => {
      const line = this.#line(pool);
      line.granted(granted);
      if (restate === true) line.restate();
    });
    // Conditions are asked once all that happened in a workflow task has had its effect: the moment to speak.
    void CancellationScope.nonCancellable(() =>
      condition(() => {
        this.#flush();
        return false;
      }),
    );
  }

  #flush(): void {
    const { workflowId, runId } = workflowInfo();
    for (const line of this.#lines.values()) line.flush({ workflow_id: workflowId, run_id: runId });
  }
}
