import { loadAi } from '../libraries/ai.js';
import { loadPackages } from '../libraries/load-package.js';
import type { Vector } from './model.js';

/** How alike two vectors of one model are: 1 for the same direction, 0 for nothing in common. */
export type Similarity = (a: Vector, b: Vector) => number;

export async function loadSimilarity(): Promise<Similarity> {
  const { cosineSimilarity } = await loadAi();
  const { default: similarity } = await loadPackages(
    ['wink-nlp'],
    () => import('wink-nlp/utilities/similarity.js'),
  );
  return (a, b) => {
    const cosine =
      isDense(a) && isDense(b) ? cosineSimilarity([...a], [...b]) : similarity.bow.cosine(bag(a), bag(b));
    // A text without any known word has nothing in common with any other.
    return Number.isFinite(cosine) ? cosine : 0;
  };
}

function isDense(vector: Vector): vector is readonly number[] {
  return Array.isArray(vector);
}

function bag(vector: Vector): Record<string, number> {
  return { ...(vector as Readonly<Record<string, number>>) };
}
