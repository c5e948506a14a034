import { createHash } from 'node:crypto';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * One of `values`, drawn by a seed and by what it is drawn for. So a choice does not depend on how many others are made,
 * in which order, or on which worker.
 */
export function choose<const T>(
  values: readonly [T, ...T[]],
  seed: number,
  ...purpose: readonly unknown[]
): T {
  const generator = xoroshiro128plus(
    createHash('sha256')
      .update(JSON.stringify([seed, ...purpose]))
      .digest()
      .readInt32LE(),
  );
  return values[uniformInt(generator, 0, values.length - 1)] ?? values[0];
}
