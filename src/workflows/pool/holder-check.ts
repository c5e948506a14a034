import { scheduleActivity } from '@temporalio/workflow';
import type { PoolBook } from '../../engine/pool-book.js';
import type { PoolHolder } from '../../engine/pool-messages.js';
import type { PoolCheckResult, PoolCheckTask } from '../../shared/pool-check.js';
import { ACTIVITY } from '../../shared/names.js';

/** Time between two looks while somebody waits for slots that others hold, and while nobody does. */
const WANTED_MS = 5_000;
const UNWANTED_MS = 300_000;

type Actions = {
  readonly forget: (holder: PoolHolder) => void;
  readonly askAgain: (holder: PoolHolder) => void;
};

/**
 * Finds holders that ended without giving back what they had. A holder whose execution was replaced by another one, as a
 * reset does, is first given the time to say again what it holds.
 */
export class HolderCheck {
  readonly #actions: Actions;
  #checkedAt = Date.now();
  #isRunning = false;
  #replaced = new Set<string>();

  constructor(actions: Actions) {
    this.#actions = actions;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** When to look next; null when there is nobody to look at. */
  nextAt(book: PoolBook): number | null {
    if (this.#isRunning || book.holders.length === 0) return null;
    return this.#checkedAt + (book.waitingCount > 0 && book.taken > 0 ? WANTED_MS : UNWANTED_MS);
  }

  /** Looks, if it is time to. */
  run(book: PoolBook): void {
    const at = this.nextAt(book);
    if (at === null || at > Date.now()) return;
    const { holders } = book;
    this.#isRunning = true;
    const task: PoolCheckTask = { holders };
    void scheduleActivity<PoolCheckResult>(ACTIVITY.poolCheck, [task], {
      summary: `${holders.length} holders`,
      startToCloseTimeout: '30s',
      scheduleToCloseTimeout: '60s',
      retry: { maximumAttempts: 1 },
    }).then(
      (result) => this.#act(holders, result),
      // The next look is soon enough.
      () => this.#end(),
    );
  }

  #act(holders: readonly PoolHolder[], { gone, replaced }: PoolCheckResult): void {
    this.#end();
    const known = this.#replaced;
    this.#replaced = new Set();
    for (const index of gone) {
      const holder = holders[index];
      if (holder !== undefined) this.#actions.forget(holder);
    }
    for (const [index, run_id] of replaced) {
      const holder = holders[index];
      if (holder === undefined) continue;
      if (known.has(holder.run_id)) this.#actions.forget(holder);
      else {
        this.#replaced.add(holder.run_id);
        this.#actions.askAgain({ workflow_id: holder.workflow_id, run_id });
      }
    }
  }

  #end(): void {
    this.#isRunning = false;
    this.#checkedAt = Date.now();
  }
}
