import {
  CancellationScope,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { PoolBook, type PoolGrant } from '../../engine/pool-book.js';
import type { PoolAnswer, PoolAsk, PoolHolder, PoolInput, PoolView } from '../../engine/pool-messages.js';
import { HolderCheck } from './holder-check.js';
import { poolAnswerSignal } from './messages.js';

/** How long a pool that nobody needs lives on, so that a run after the other finds it. */
const IDLE_MS = 60_000;

/**
 * From here on the pool goes on in a new history. Early, because the server refuses that as long as signals come in
 * meanwhile, and each new try replays the history.
 */
const CONTINUE_AT_EVENTS = 1_500;
const CONTINUE_AT_BYTES = 8_000_000;

/** Joins the book of a pool, which decides, with the holders that it hears from and answers. */
export class PoolKeeper {
  readonly #pool: string;
  readonly #book: PoolBook;
  readonly #check: HolderCheck;
  /** Answers that are on their way; what is unsent when a history ends would be lost. */
  #sending = 0;
  #isDue = true;
  #usedAt = Date.now();
  #wakeAt: number | null = null;
  #alarm: CancellationScope | null = null;

  constructor(input: PoolInput) {
    this.#pool = input.pool;
    this.#book = new PoolBook(input.book);
    this.#check = new HolderCheck({
      forget: (holder) => this.#forget(holder),
      askAgain: (holder) => this.#send(holder, { pool: this.#pool, granted: [], restate: true }),
    });
    for (const ask of input.asks) this.take(ask);
  }

  take(ask: PoolAsk): void {
    this.#book.take(ask, Date.now());
    this.#usedAt = Date.now();
    this.#isDue = true;
  }

  view(): PoolView {
    return this.#book.view(this.#pool, Date.now());
  }

  /** Serves until nobody needs the pool any more, or until it goes on in a new history. */
  async serve(): Promise<void> {
    for (;;) {
      this.#isDue = false;
      if (isHistoryLong()) return this.#continue();
      this.#deal();
      this.#check.run(this.#book);
      const quietFrom = this.#quietFrom();
      if (quietFrom !== null && quietFrom <= Date.now()) return;
      this.#setAlarm(quietFrom);
      // One step after the other: this is the loop of the workflow.
      // oxlint-disable-next-line no-await-in-loop
      await condition(() => this.#isDue);
    }
  }

  #deal(): void {
    const byHolder = new Map<PoolHolder, PoolGrant[]>();
    for (const grant of this.#book.grant(Date.now())) {
      const grants = byHolder.get(grant.holder);
      if (grants === undefined) byHolder.set(grant.holder, [grant]);
      else grants.push(grant);
    }
    for (const [holder, grants] of byHolder) {
      this.#send(holder, { pool: this.#pool, granted: grants.map(({ request }) => request.id) });
    }
  }

  /** A holder that cannot be reached has ended: what it had goes to the next. */
  #send(holder: PoolHolder, answer: PoolAnswer): void {
    this.#sending += 1;
    void getExternalWorkflowHandle(holder.workflow_id, holder.run_id)
      .signal(poolAnswerSignal, answer)
      .catch(() => this.#forget(holder))
      .then(() => {
        this.#sending -= 1;
      });
  }

  #forget(holder: PoolHolder): void {
    this.#book.forget(holder);
    this.#isDue = true;
  }

  /** When the pool may end; null while it is needed. */
  #quietFrom(): number | null {
    if (this.#sending > 0 || this.#check.isRunning) return null;
    const quiet = this.#book.quietFrom(Date.now());
    return quiet === null ? null : Math.max(quiet, this.#usedAt + IDLE_MS);
  }

  /** One timer that is early enough for everything; one that turns out too early costs less than setting a new one. */
  #setAlarm(quietFrom: number | null): void {
    const now = Date.now();
    const times = [quietFrom, this.#book.nextOpening(now), this.#check.nextAt(this.#book)];
    const next = Math.min(...times.map((time) => time ?? Infinity));
    if (next === Infinity || (this.#wakeAt !== null && this.#wakeAt <= next)) return;
    this.#alarm?.cancel();
    const alarm = new CancellationScope();
    this.#alarm = alarm;
    this.#wakeAt = next;
    void alarm
      .run(() => sleep(Math.max(next - now, 1)))
      .then(
        () => {
          this.#wakeAt = null;
          this.#isDue = true;
        },
        () => undefined,
      );
  }

  async #continue(): Promise<never> {
    await condition(() => this.#sending === 0 && !this.#check.isRunning);
    const book = this.#book.state(Date.now());
    return continueAsNew<(input: PoolInput) => Promise<void>>({ pool: this.#pool, asks: [], book });
  }
}

function isHistoryLong(): boolean {
  const { historyLength, historySize } = workflowInfo();
  return historyLength >= CONTINUE_AT_EVENTS || historySize >= CONTINUE_AT_BYTES;
}
