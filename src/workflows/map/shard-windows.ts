/** Shards of a map that run at once. */
const SHARDS = 4;

/** The windows of the shards: together as many units as may run at once. */
export function shardWindows(most: number, mostOfOne: number): number[] {
  const count = Math.min(SHARDS, most);
  return Array.from({ length: count }, (_, i) =>
    Math.min(mostOfOne, Math.floor(most / count) + (i < most % count ? 1 : 0)),
  );
}
