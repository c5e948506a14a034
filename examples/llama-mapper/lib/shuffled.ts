import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** The same values in an order drawn from the seed (Fisher and Yates). */
export function shuffled<T>(values: readonly T[], seed: number): readonly T[] {
  const generator = xoroshiro128plus(seed);
  const drawn = [...values];
  for (const [index] of drawn.entries()) {
    const other = uniformInt(generator, index, drawn.length - 1);
    const moved = drawn.splice(other, 1);
    drawn.splice(index, 0, ...moved);
  }
  return drawn;
}
