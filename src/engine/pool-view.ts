import type { PoolEntry } from './pool-line.js';
import type { PoolSettings, PoolView } from './pool-messages.js';
import { isoTime } from './stage-record.js';

/** What a pool's view is made of. Times are milliseconds since the epoch. */
export type PoolFile = {
  readonly pool: string;
  readonly settings: PoolSettings;
  readonly taken: number;
  readonly granted: ReadonlyArray<PoolEntry & { readonly grantedAt: number }>;
  readonly waiting: readonly PoolEntry[];
  readonly closed: ReadonlyMap<string, number>;
  readonly keys: ReadonlySet<string>;
  readonly opensAt: (key: string) => number;
  readonly now: number;
};

/** Longest list of waiters shown; the count tells of the rest. */
const MOST_SHOWN = 1_000;

/** How a pool stands, as people see it: the longest holders first, then who is served next. */
export function poolView(file: PoolFile): PoolView {
  const { slots, rate } = file.settings;
  return {
    pool: file.pool,
    slots,
    rate,
    taken: file.taken,
    holders: file.granted
      .toSorted((a, b) => a.grantedAt - b.grantedAt)
      .map(({ holder, request, grantedAt }) => ({
        ...facts({ holder, request }),
        since: isoTime(grantedAt),
      })),
    waiting_count: file.waiting.length,
    waiting: file.waiting.slice(0, MOST_SHOWN).map((entry, i) => ({
      position: i + 1,
      ...facts(entry),
      since: isoTime(entry.request.asked_at),
      priority: entry.request.priority,
    })),
    closed: [...file.keys].flatMap((key) => {
      const until = file.opensAt(key);
      if (until <= file.now) return [];
      const reason = (file.closed.get(key) ?? 0) >= until ? ('asked' as const) : ('rate' as const);
      return [{ key, until: isoTime(until), reason }];
    }),
  };
}

function facts({ holder, request }: PoolEntry) {
  const { stage, slots, key } = request;
  return { ...holder, stage, slots, key };
}
