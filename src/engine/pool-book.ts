import type {
  PoolAsk,
  PoolBookState,
  PoolHolder,
  PoolRequest,
  PoolSettings,
  PoolView,
} from './pool-messages.js';
import { type PoolEntry, PoolLine } from './pool-line.js';
import { poolView } from './pool-view.js';
import { RateWindow } from './rate-window.js';

export type PoolGrant = PoolEntry & { readonly grantedAt: number };

type Account = {
  readonly holder: PoolHolder;
  readonly waiting: Map<string, PoolEntry>;
  readonly granted: Map<string, PoolGrant>;
};

const UNLIMITED: PoolSettings = { slots: null, rate: null, as_of: Number.NEGATIVE_INFINITY };

/**
 * The book of a pool: who holds slots, who waits, which keys are closed. It knows neither Temporal nor the clock. Slots
 * go out in order of rank, and whoever is next in line is not overtaken by one who needs fewer: only requests whose key
 * is closed or out of rate are passed over.
 */
export class PoolBook {
  #settings = UNLIMITED;
  readonly #accounts = new Map<string, Account>();
  readonly #line = new PoolLine();
  readonly #closed = new Map<string, number>();
  readonly #windows = new Map<string, RateWindow>();
  #taken = 0;
  /** Granted requests that were asked for again: their holder may not know. */
  #again: PoolGrant[] = [];

  constructor(state?: PoolBookState) {
    if (state === undefined) return;
    this.#settings = state.settings;
    for (const { holder, granted, waiting } of state.holders) {
      for (const { granted_at, ...request } of granted)
        this.#book({ holder, request, grantedAt: granted_at });
      for (const request of waiting) this.#enqueue({ holder, request });
    }
    for (const [key, until] of state.closed) this.#closed.set(key, until);
    for (const [key, steps] of state.windows) this.#windows.set(key, new RateWindow(steps));
  }

  /** Takes in what a holder says. */
  take(ask: PoolAsk, now: number): void {
    const { holder, settings } = ask;
    if (settings.as_of >= this.#settings.as_of) this.#settings = settings;
    for (const { key, until } of ask.closes) {
      if (until > Math.max(now, this.#closed.get(key) ?? 0)) this.#closed.set(key, until);
    }
    for (const request of ask.holds) this.#adopt({ holder, request, grantedAt: now });
    for (const request of ask.requests) this.#request({ holder, request });
    for (const id of ask.releases) this.#release(holder, id);
  }

  /** Hands out what is free and gives what holders are to be told. */
  grant(now: number): readonly PoolGrant[] {
    const grants = this.#again;
    this.#again = [];
    const shut = new Set<string>();
    const served = new Set<PoolEntry>();
    for (const entry of this.#line.entries) {
      const { key } = entry.request;
      if (shut.has(key)) continue;
      if (this.#opensAt(key, now) > now) {
        shut.add(key);
        continue;
      }
      if (!this.#fits(entry.request)) break;
      const grant = { ...entry, grantedAt: now };
      served.add(entry);
      this.#accountOf(entry.holder).waiting.delete(entry.request.id);
      this.#book(grant);
      this.#countStart(key, now);
      grants.push(grant);
    }
    if (served.size > 0) this.#line.remove((entry) => served.has(entry));
    return grants;
  }

  /** Takes back all that a holder has and wants. */
  forget(holder: PoolHolder): void {
    const account = this.#accounts.get(keyOf(holder));
    if (account === undefined) return;
    for (const { request } of account.granted.values()) this.#taken -= request.slots;
    if (account.waiting.size > 0)
      this.#line.remove((entry) => account.waiting.get(entry.request.id) === entry);
    this.#accounts.delete(keyOf(holder));
  }

  /** When somebody who waits may be served although nobody gives anything back; null when time alone helps nobody. */
  nextOpening(now: number): number | null {
    let next: number | null = null;
    const seen = new Set<string>();
    for (const { request } of this.#line.entries) {
      if (seen.has(request.key)) continue;
      seen.add(request.key);
      const at = this.#opensAt(request.key, now);
      if (at > now && (next === null || at < next)) next = at;
    }
    return next;
  }

  /** When nothing in the book counts any more; null while somebody holds or waits. */
  quietFrom(now: number): number | null {
    if (this.#accounts.size > 0) return null;
    let quiet = now;
    for (const until of this.#closed.values()) quiet = Math.max(quiet, until);
    const { rate } = this.#settings;
    if (rate === null) return quiet;
    for (const { steps } of this.#windows.values())
      quiet = Math.max(quiet, (steps.at(-1)?.[0] ?? 0) + rate.per_ms);
    return quiet;
  }

  get holders(): readonly PoolHolder[] {
    return [...this.#accounts.values()].map(({ holder }) => holder);
  }

  get waitingCount(): number {
    return this.#line.entries.length;
  }

  /** Slots that are taken. */
  get taken(): number {
    return this.#taken;
  }

  /** All that is known, for {@link PoolBook}'s constructor. */
  state(now: number): PoolBookState {
    this.#tidy(now);
    return {
      settings: this.#settings,
      holders: [...this.#accounts.values()].map(({ holder, granted, waiting }) => ({
        holder,
        granted: [...granted.values()].map(({ request, grantedAt }) => ({
          ...request,
          granted_at: grantedAt,
        })),
        waiting: [...waiting.values()].map(({ request }) => request),
      })),
      closed: [...this.#closed],
      windows: [...this.#windows].map(([key, { steps }]) => [key, steps] as const),
    };
  }

  view(pool: string, now: number): PoolView {
    this.#tidy(now);
    const opensAt = (key: string): number => this.#opensAt(key, now);
    const granted = [...this.#accounts.values()].flatMap((account) => [...account.granted.values()]);
    const waiting = this.#line.entries;
    return poolView({
      pool,
      settings: this.#settings,
      taken: this.#taken,
      granted,
      waiting,
      closed: this.#closed,
      keys: new Set([...this.#windows.keys(), ...this.#closed.keys()]),
      opensAt,
      now,
    });
  }

  #request(entry: PoolEntry): void {
    const account = this.#accounts.get(keyOf(entry.holder));
    const granted = account?.granted.get(entry.request.id);
    if (granted !== undefined) this.#again.push(granted);
    else if (account?.waiting.has(entry.request.id) !== true) this.#enqueue(entry);
  }

  /** What a holder says that it holds is so, even where it is more than there is: it goes on until it gives it back. */
  #adopt(grant: PoolGrant): void {
    const account = this.#accountOf(grant.holder);
    const { id } = grant.request;
    if (account.granted.has(id)) return;
    const waiting = account.waiting.get(id);
    if (waiting !== undefined) {
      account.waiting.delete(id);
      this.#line.remove((entry) => entry === waiting);
    }
    this.#book(grant);
  }

  #release(holder: PoolHolder, id: string): void {
    const account = this.#accounts.get(keyOf(holder));
    const grant = account?.granted.get(id);
    const waiting = account?.waiting.get(id);
    if (account === undefined) return;
    if (grant !== undefined) {
      account.granted.delete(id);
      this.#taken -= grant.request.slots;
    }
    if (waiting !== undefined) {
      account.waiting.delete(id);
      this.#line.remove((entry) => entry === waiting);
    }
    if (account.granted.size + account.waiting.size === 0) this.#accounts.delete(keyOf(holder));
  }

  #enqueue(entry: PoolEntry): void {
    this.#accountOf(entry.holder).waiting.set(entry.request.id, entry);
    this.#line.add(entry);
  }

  #book(grant: PoolGrant): void {
    this.#accountOf(grant.holder).granted.set(grant.request.id, grant);
    this.#taken += grant.request.slots;
  }

  #accountOf(holder: PoolHolder): Account {
    const key = keyOf(holder);
    const known = this.#accounts.get(key);
    if (known !== undefined) return known;
    const account: Account = { holder, waiting: new Map(), granted: new Map() };
    this.#accounts.set(key, account);
    return account;
  }

  /** A request for more than there is, made before the pool shrank, is served when it can have all of it. */
  #fits({ slots }: PoolRequest): boolean {
    const { slots: all } = this.#settings;
    return all === null || this.#taken + slots <= all || (slots > all && this.#taken === 0);
  }

  #opensAt(key: string, now: number): number {
    const { rate } = this.#settings;
    const closed = this.#closed.get(key) ?? now;
    const window = this.#windows.get(key);
    if (rate === null || window === undefined) return closed;
    return Math.max(closed, window.opensAt(now, rate.limit, rate.per_ms));
  }

  #countStart(key: string, now: number): void {
    const { rate } = this.#settings;
    if (rate === null) return;
    const window = this.#windows.get(key) ?? new RateWindow();
    window.add(now, rate.per_ms);
    this.#windows.set(key, window);
  }

  #tidy(now: number): void {
    const { rate } = this.#settings;
    for (const [key, until] of this.#closed) if (until <= now) this.#closed.delete(key);
    for (const [key, window] of this.#windows) {
      if (rate === null || window.isEmpty(now, rate.per_ms)) this.#windows.delete(key);
    }
  }
}

function keyOf({ workflow_id, run_id }: PoolHolder): string {
  return `${run_id} ${workflow_id}`;
}
