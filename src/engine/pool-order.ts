import type { PoolSpec, PoolUse } from './stage-extras.js';

/**
 * The order in which every stage asks for the pools that it needs, so that no two can wait for what the other holds.
 * Pools without slots come last: their grants hold nobody up, and a start should be counted when it is about to happen.
 */
export function poolOrder(uses: readonly PoolUse[], specOf: (pool: string) => PoolSpec): readonly PoolUse[] {
  const rank = ({ pool }: PoolUse): string => `${specOf(pool).slots === null ? 1 : 0} ${pool}`;
  return uses.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
}
