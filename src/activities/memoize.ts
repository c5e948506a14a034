import { LRUCache } from 'lru-cache';
import { parseDuration } from '../shared/duration.js';

export type MemoizeOptions<A extends readonly unknown[]> = {
  /** Values kept at most; the one that was not used for longest goes first. @default 1000 */
  readonly max?: number;
  /** How long a value is used, from when it was there: `"10m"`, or seconds. @default without end */
  readonly ttl?: string | number;
  /** What a call depends on. @default its arguments as JSON */
  readonly key?: (...args: A) => string;
};

/** A function that remembers. */
export type Memoized<A extends readonly unknown[], R> = ((...args: A) => Promise<R>) & {
  /** Forgets everything. */
  readonly clear: () => void;
};

/**
 * Remembers what a function gave, in the memory of this worker process: for clients, models and look-up tables that
 * several stages need. Calls with the same key while one is under way share it; what fails is not remembered.
 * Throws a `RangeError` when `max` or `ttl` cannot be used.
 */
export function memoize<A extends readonly unknown[], R>(
  fn: (...args: A) => R | Promise<R>,
  options: MemoizeOptions<A> = {},
): Memoized<A, R> {
  const { max = 1000, ttl, key = (...args: A) => JSON.stringify(args) } = options;
  const ttlMs = ttl === undefined ? 0 : parseDuration(ttl);
  if (ttlMs === null || (ttl !== undefined && ttlMs === 0)) {
    throw new RangeError(
      `\`ttl\` must be a duration such as "10m" or a number of seconds, got ${JSON.stringify(ttl)}.`,
    );
  }
  if (!Number.isInteger(max) || max < 1) {
    throw new RangeError(`\`max\` must be a whole number of at least 1, got ${String(max)}.`);
  }
  const cache = new LRUCache<string, { readonly value: Promise<R> }>({
    max,
    ttl: ttlMs,
    perf: { now: () => performance.now() },
  });
  const call = (...args: A): Promise<R> => {
    const name = key(...args);
    const known = cache.get(name);
    if (known !== undefined) return known.value;
    const entry = { value: start(fn, args) };
    // Age counts from when the value is there; until then it must not expire under those who wait for it.
    cache.set(name, entry, { ttl: 0 });
    entry.value.then(
      () => {
        if (cache.peek(name) === entry) cache.set(name, entry);
      },
      () => {
        if (cache.peek(name) === entry) cache.delete(name);
      },
    );
    return entry.value;
  };
  return Object.assign(call, { clear: () => cache.clear() });
}

async function start<A extends readonly unknown[], R>(
  fn: (...args: A) => R | Promise<R>,
  args: A,
): Promise<R> {
  return fn(...args);
}
