import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * A source of numbers from 0 to 1 for one purpose. Chapters are written in any order and on any worker, and an attempt
 * may be the second one: none of that changes what is drawn.
 */
export function randomFor(seed: number, ...purpose: readonly unknown[]): () => number {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...purpose]))
    .digest();
  const generator = xoroshiro128plus(digest.readInt32LE());
  return () => uniformFloat64(generator);
}
