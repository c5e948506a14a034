import { type CancellationScope, sleep, workflowInfo } from '@temporalio/workflow';
import type { Json } from '../shared/json.js';
import { MOST_BYTES_A_TASK } from './history-limits.js';

/** What a value costs in a message when the SDK moves it to external storage. */
const REFERENCE_BYTES = 1_000;
const EXTERNAL_FROM_BYTES = 128 * 1024;

/**
 * Spreads the scheduling of many stages with large arguments over several workflow tasks, because all commands of one
 * task travel in one message. A timer of a millisecond opens the next task.
 */
export class DispatchBudget {
  readonly #onRefill: () => void;
  #spent = 0;
  #task = -1;
  #isRefilling = false;
  #waiting: (() => void)[] = [];

  constructor(onRefill: () => void) {
    this.#onRefill = onRefill;
  }

  /** Books the argument of a stage that is about to be scheduled. */
  spend(value: Json): void {
    const { historyLength } = workflowInfo();
    if (this.#task !== historyLength) {
      this.#task = historyLength;
      this.#spent = 0;
    }
    const bytes = sizeOf(value);
    this.#spent += bytes > EXTERNAL_FROM_BYTES ? REFERENCE_BYTES : bytes + REFERENCE_BYTES;
  }

  /** Calls back once, when more may be scheduled again; for those who share a budget with its owner. */
  onceRefilled(callback: () => void): void {
    this.#waiting.push(callback);
  }

  /** True when no more may be scheduled in this workflow task; the next one is on its way then. */
  isSpent(scope: CancellationScope): boolean {
    if (this.#isRefilling) return true;
    if (this.#spent < MOST_BYTES_A_TASK || this.#task !== workflowInfo().historyLength) return false;
    this.#isRefilling = true;
    void scope.run(async () => {
      await sleep(1);
      this.#isRefilling = false;
      this.#spent = 0;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const callback of waiting) callback();
      this.#onRefill();
    });
    return true;
  }
}

/** About the bytes of a value as JSON, cheaper than writing it. */
function sizeOf(value: Json): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 6;
  let size = 2;
  if (Array.isArray(value)) {
    for (const item of value) size += sizeOf(item) + 1;
    return size;
  }
  for (const [key, item] of Object.entries(value)) size += key.length + 4 + sizeOf(item);
  return size;
}
