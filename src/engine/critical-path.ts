import { type GraphNode, stageLevels } from './levels.js';

/**
 * The chain of dependent stages with the greatest total weight, first stage first. Without `weightOf` each stage
 * weighs 1, so it is the longest chain. Of equal chains the one whose stages come first in the file.
 */
export function criticalPath(
  stages: readonly GraphNode[],
  weightOf: (id: string) => number = () => 1,
): readonly string[] {
  const levelOf = stageLevels(stages);
  const inOrder = [...stages].sort((a, b) => (levelOf.get(a.id) ?? 0) - (levelOf.get(b.id) ?? 0));
  const total = new Map<string, number>();
  const previous = new Map<string, string>();
  let last: string | null = null;
  for (const { id, depends_on } of inOrder) {
    let before = 0;
    for (const need of depends_on) {
      const sum = total.get(need) ?? 0;
      if (sum <= before) continue;
      before = sum;
      previous.set(id, need);
    }
    total.set(id, before + weightOf(id));
    if (last === null || (total.get(id) ?? 0) > (total.get(last) ?? 0)) last = id;
  }
  const path: string[] = [];
  for (let id = last; id !== null; id = previous.get(id) ?? null) path.unshift(id);
  return path;
}
