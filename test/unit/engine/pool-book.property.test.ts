import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PoolBook, type PoolGrant } from '../../../src/engine/pool-book.js';
import type { PoolAsk, PoolRequest, PoolSettings } from '../../../src/engine/pool-messages.js';

const SETTINGS: PoolSettings = { slots: 4, rate: { limit: 3, per_ms: 1_000 }, as_of: 0 };
const AGEING_MS = 600_000;

type Step =
  | {
      readonly do: 'ask';
      readonly run: number;
      readonly slots: number;
      readonly key: string;
      readonly priority: number;
    }
  | { readonly do: 'release' | 'repeat' | 'forget'; readonly pick: number }
  | { readonly do: 'close'; readonly key: string; readonly ms: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'continue' };

const key = fc.constantFrom('', 'a', 'b');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      run: fc.integer({ min: 0, max: 5 }),
      slots: fc.integer({ min: 1, max: 4 }),
      key,
      priority: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('release' as const, 'repeat' as const), pick: fc.nat() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), pick: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('close' as const), key, ms: fc.integer({ min: 0, max: 3_000 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 700_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('continue' as const) }) },
);

/** Drives a book as its workflow does, and keeps books of its own to compare with. */
class Driver {
  book = new PoolBook();
  now = 1_000_000;
  readonly held = new Map<string, PoolGrant>();
  readonly waiting = new Map<string, { readonly ask: PoolAsk; readonly request: PoolRequest }>();
  readonly starts: Array<{ readonly key: string; readonly at: number }> = [];
  readonly closed = new Map<string, number>();
  #next = 0;

  do(step: Step): void {
    switch (step.do) {
      case 'ask': {
        const { slots, key: rateKey, priority } = step;
        this.#next += 1;
        const id = `r${this.#next}`;
        const request = { id, stage: id, slots, key: rateKey, priority, asked_at: this.now };
        const ask = this.#say(step.run, { requests: [request] });
        this.waiting.set(id, { ask, request });
        break;
      }
      case 'release': {
        const grant = pickOf([...this.held.values()], step.pick);
        if (grant !== undefined) this.release(grant);
        break;
      }
      case 'repeat': {
        const again = pickOf([...this.waiting.values()], step.pick);
        if (again !== undefined) this.book.take(again.ask, this.now);
        break;
      }
      case 'forget': {
        const run = step.pick % 6;
        this.book.forget(holderOf(run));
        for (const [id, { ask }] of this.waiting)
          if (ask.holder.run_id === `run${run}`) this.waiting.delete(id);
        for (const [id, { holder }] of this.held) if (holder.run_id === `run${run}`) this.held.delete(id);
        break;
      }
      case 'close': {
        const until = this.now + step.ms;
        this.#say(0, { closes: [{ key: step.key, until }] });
        this.closed.set(step.key, Math.max(until, this.closed.get(step.key) ?? 0));
        break;
      }
      case 'wait':
        this.now += step.ms;
        break;
      case 'continue':
        this.book = new PoolBook(JSON.parse(JSON.stringify(this.book.state(this.now))));
        break;
    }
    this.settle();
  }

  release(grant: PoolGrant): void {
    this.held.delete(grant.request.id);
    const run = Number(grant.holder.run_id.slice(3));
    // Told twice, as a signal may be.
    this.#say(run, { releases: [grant.request.id] });
    this.#say(run, { releases: [grant.request.id] });
  }

  settle(): void {
    const grants = this.book.grant(this.now);
    for (const grant of grants) this.#accept(grant, grants);
    const taken = [...this.held.values()].reduce((sum, { request }) => sum + request.slots, 0);
    expect(taken).toBeLessThanOrEqual(4);
    expect(this.book.taken).toBe(taken);
    expect(this.book.waitingCount).toBe(this.waiting.size);
  }

  #accept(grant: PoolGrant, batch: readonly PoolGrant[]): void {
    const { id, key: rateKey } = grant.request;
    expect(this.waiting.delete(id), `${id} was waiting`).toBe(true);
    this.held.set(id, grant);
    this.starts.push({ key: rateKey, at: this.now });
    const recent = this.starts.filter((start) => start.key === rateKey && start.at > this.now - 1_000);
    expect(recent.length, 'starts in a period').toBeLessThanOrEqual(3);
    expect(this.closed.get(rateKey) ?? 0, 'the key is open').toBeLessThanOrEqual(this.now);
    const overtaken = [...this.waiting.values()].filter(
      ({ request }) =>
        request.key === rateKey &&
        rank(request) < rank(grant.request) &&
        !batch.some((other) => other.request.id === request.id),
    );
    expect(overtaken, 'nobody of the same key is overtaken').toEqual([]);
  }

  #say(run: number, parts: Partial<PoolAsk>): PoolAsk {
    const ask = {
      holder: holderOf(run),
      settings: SETTINGS,
      requests: [],
      releases: [],
      closes: [],
      holds: [],
      ...parts,
    };
    this.book.take(ask, this.now);
    return ask;
  }
}

function holderOf(run: number) {
  return { workflow_id: `p/${run}`, run_id: `run${run}` };
}

function pickOf<T>(items: readonly T[], pick: number): T | undefined {
  return items[pick % Math.max(items.length, 1)];
}

function rank(request: PoolRequest): number {
  return request.asked_at + (request.priority - 1) * AGEING_MS;
}

describe('whatever happens to a pool', () => {
  it('never grants more than there is, nothing twice, and serves every waiter in the end', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const driver = new Driver();
        for (const each of steps) driver.do(each);
        // Everybody gives back what they get: the line must empty, with nothing but time to help.
        for (let rounds = 0; driver.waiting.size > 0; rounds++) {
          expect(rounds, 'rounds').toBeLessThan(500);
          for (const grant of driver.held.values()) driver.release(grant);
          driver.now = driver.book.nextOpening(driver.now) ?? driver.now;
          driver.settle();
        }
        for (const grant of driver.held.values()) driver.release(grant);
        expect(driver.book.taken).toBe(0);
        expect(driver.book.quietFrom(driver.now)).not.toBeNull();
      }),
      { numRuns: 300 },
    );
  });

  it('lets nobody of a worse priority wait for ever behind a stream of better ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 4 }), (priority, slots) => {
        const driver = new Driver();
        driver.do({ do: 'ask', run: 0, slots: 4, key: '', priority: 1 });
        driver.do({ do: 'ask', run: 1, slots, key: '', priority });
        let waits = 0;
        while (driver.waiting.has('r2')) {
          waits += 1;
          expect(waits).toBeLessThan(200);
          driver.do({ do: 'ask', run: 2, slots: 4, key: '', priority: 1 });
          driver.do({ do: 'wait', ms: 60_000 });
          driver.do({ do: 'release', pick: 0 });
        }
        expect(waits).toBeLessThanOrEqual(10 * priority);
      }),
    );
  });
});
