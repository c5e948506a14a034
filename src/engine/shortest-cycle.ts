/**
 * The shortest cycle of a graph given as node → nodes it depends on, as a path whose first node is repeated at
 * its end; null when there is none. Edges to unknown nodes are ignored. Of cycles of equal length the one that
 * starts earliest in the map's order is returned.
 */
export function shortestCycle(edges: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const peeled = peel(edges);
  let shortest: readonly string[] | null = null;
  for (const start of edges.keys()) {
    if (!peeled.left.has(start)) continue;
    const cycle = shortestCycleThrough(start, edges, peeled.left, (shortest?.length ?? Infinity) - 1);
    if (cycle !== null) shortest = cycle;
    if (shortest?.length === 2) break;
    // Every cycle through it was looked at, so it and whatever leads to no other cycle need no second look.
    peeled.remove(start);
  }
  return shortest;
}

type Peeled = {
  /** Nodes that lie on a cycle or depend on one. */
  readonly left: ReadonlySet<string>;
  /** Takes a node out, and then again and again whatever has nothing left to depend on. */
  readonly remove: (node: string) => void;
};

function peel(edges: ReadonlyMap<string, readonly string[]>): Peeled {
  const open = new Map<string, number>();
  const dependents = new Map<string, string[]>();
  for (const node of edges.keys()) dependents.set(node, []);
  for (const [node, needs] of edges) {
    const known = needs.filter((need) => edges.has(need));
    open.set(node, known.length);
    for (const need of known) dependents.get(need)?.push(node);
  }
  const left = new Set(edges.keys());
  const removeAll = (free: string[]): void => {
    for (let node = free.pop(); node !== undefined; node = free.pop()) {
      if (!left.delete(node)) continue;
      for (const dependent of dependents.get(node) ?? []) {
        const count = (open.get(dependent) ?? 0) - 1;
        open.set(dependent, count);
        if (count === 0) free.push(dependent);
      }
    }
  };
  removeAll([...open].filter(([, count]) => count === 0).map(([node]) => node));
  return { left, remove: (node) => removeAll([node]) };
}

/** Breadth first from `start` back to it, over paths shorter than `limit` nodes. */
function shortestCycleThrough(
  start: string,
  edges: ReadonlyMap<string, readonly string[]>,
  within: ReadonlySet<string>,
  limit: number,
): readonly string[] | null {
  const cameFrom = new Map<string, string>();
  let layer = [start];
  for (let length = 2; layer.length > 0 && length <= limit; length += 1) {
    const next: string[] = [];
    for (const node of layer) {
      for (const need of edges.get(node) ?? []) {
        if (need === start) return pathTo(node, cameFrom, start);
        if (!within.has(need) || cameFrom.has(need)) continue;
        cameFrom.set(need, node);
        next.push(need);
      }
    }
    layer = next;
  }
  return null;
}

function pathTo(last: string, cameFrom: ReadonlyMap<string, string>, start: string): readonly string[] {
  const path = [start];
  for (let node = last; node !== start; node = cameFrom.get(node) ?? start) path.push(node);
  return [...path, start].toReversed();
}
