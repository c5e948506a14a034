import { createHash } from 'node:crypto';

/** A seed for one series of one scenario. It does not depend on how many others there are, nor on their order. */
export function seedOf(seed: number, ...names: readonly string[]): number {
  return createHash('sha256')
    .update([String(seed), ...names].join('\0'))
    .digest()
    .readInt32LE();
}
