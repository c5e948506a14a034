import { CancellationScope, sleep } from '@temporalio/workflow';
import type { PoolAsk, PoolHolder, PoolRequest, PoolSettings } from '../../engine/pool-messages.js';
import { tellPool } from './tell-pool.js';

type Wanted = { readonly request: PoolRequest; readonly onGrant: () => void };

/** A pool that was terminated by somebody has forgotten who waits, so those who wait for long ask again. */
const FIRST_REMINDER_MS = 60_000;
const LAST_REMINDER_MS = 600_000;

/** What a workflow and one pool have to say to each other. One message at a time, so that none overtakes another. */
export class DeskLine {
  readonly #pool: string;
  readonly #settings: PoolSettings;
  readonly #waiting = new Map<string, Wanted>();
  readonly #held = new Map<string, PoolRequest>();
  readonly #unsent = new Map<string, PoolRequest>();
  #releases: string[] = [];
  #closes: Array<{ readonly key: string; readonly until: number }> = [];
  #isRestating = false;
  #isSending = false;
  #reminderMs = FIRST_REMINDER_MS;
  #hasReminder = false;

  constructor(pool: string, settings: PoolSettings) {
    this.#pool = pool;
    this.#settings = settings;
  }

  ask(request: PoolRequest, onGrant: () => void): void {
    this.#waiting.set(request.id, { request, onGrant });
    this.#unsent.set(request.id, request);
    this.#remind();
  }

  release(id: string): void {
    const wasAsked = this.#held.delete(id) || this.#waiting.delete(id);
    if (wasAsked && !this.#unsent.delete(id)) this.#releases.push(id);
  }

  close(key: string, until: number): void {
    this.#closes.push({ key, until });
  }

  /** A grant that nobody here waits for is given back: it crossed with its release. */
  granted(ids: readonly string[]): void {
    for (const id of ids) {
      const wanted = this.#waiting.get(id);
      if (wanted !== undefined) {
        this.#waiting.delete(id);
        this.#held.set(id, wanted.request);
        wanted.onGrant();
      } else if (!this.#held.has(id)) this.#releases.push(id);
    }
  }

  /** Says again all that is wanted and held. */
  restate(): void {
    this.#isRestating = true;
  }

  get isSpeaking(): boolean {
    return this.#isSending || this.#hasNews;
  }

  get #hasNews(): boolean {
    return this.#isRestating || this.#unsent.size + this.#releases.length + this.#closes.length > 0;
  }

  /** Sends what there is to say, unless a message is on its way already. */
  flush(holder: PoolHolder): void {
    if (this.#isSending || !this.#hasNews) return;
    const ask = this.#take(holder);
    this.#isSending = true;
    void CancellationScope.nonCancellable(() => tellPool(this.#pool, ask)).then(() => {
      this.#isSending = false;
    });
  }

  #take(holder: PoolHolder): PoolAsk {
    const requests = this.#isRestating
      ? [...this.#waiting.values()].map(({ request }) => request)
      : [...this.#unsent.values()];
    const ask = {
      holder,
      settings: this.#settings,
      requests,
      releases: this.#releases,
      closes: this.#closes,
      holds: this.#isRestating ? [...this.#held.values()] : [],
    };
    this.#unsent.clear();
    this.#releases = [];
    this.#closes = [];
    this.#isRestating = false;
    return ask;
  }

  #remind(): void {
    if (this.#hasReminder) return;
    this.#hasReminder = true;
    void CancellationScope.nonCancellable(() => sleep(this.#reminderMs)).then(() => {
      this.#hasReminder = false;
      this.#reminderMs =
        this.#waiting.size === 0 ? FIRST_REMINDER_MS : Math.min(this.#reminderMs * 2, LAST_REMINDER_MS);
      if (this.#waiting.size === 0) return;
      this.restate();
      this.#remind();
    });
  }
}
