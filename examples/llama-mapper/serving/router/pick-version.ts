import { createHash, randomUUID } from 'node:crypto';

/** Percent of the traffic by version; they add up to 100. */
export type Weights = Readonly<Record<string, number>>;

/**
 * Chooses a version by weighted rendezvous hashing: each version draws a number from the key and itself, and the largest
 * wins. When weights change, keys move only from versions that lose weight to versions that gain it, so a key keeps its
 * version while the weights allow it. Without a key every request is a key of its own.
 */
export function pickVersion(weights: Weights, key: string = randomUUID()): string | undefined {
  let [chosen, best]: [string | undefined, number] = [undefined, Number.NEGATIVE_INFINITY];
  for (const [version, weight] of Object.entries(weights)) {
    if (weight <= 0) continue;
    const score = weight / -Math.log(drawn(`${version}\0${key}`));
    if (score > best) [chosen, best] = [version, score];
  }
  return chosen;
}

/** Evenly spread between 0 and 1, both left out, and always the same for a text. */
function drawn(text: string): number {
  return (createHash('sha256').update(text).digest().readUInt32BE() + 0.5) / 2 ** 32;
}
