/**
 * The shortest cycle of a graph given as node → nodes it depends on, as a path whose first node is repeated at
 * its end; null when there is none. Edges to unknown nodes are ignored. Of cycles of equal length the one that
 * starts earliest in the map's order is returned.
 */
export function shortestCycle(edges: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const onCycle = nodesLeftByPeeling(edges);
  let shortest: readonly string[] | null = null;
  for (const start of onCycle) {
    const cycle = shortestCycleThrough(start, edges, onCycle, (shortest?.length ?? Infinity) - 1);
    if (cycle !== null) shortest = cycle;
    if (shortest?.length === 2) break;
  }
  return shortest;
}

/** Removes nodes without dependencies again and again; what is left lies on a cycle or depends on one. */
function nodesLeftByPeeling(edges: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const open = new Map<string, number>();
  const dependents = new Map<string, string[]>();
  for (const [node, needs] of edges) {
    const known = needs.filter((need) => edges.has(need));
    open.set(node, known.length);
    for (const need of known) {
      const list = dependents.get(need);
      if (list === undefined) dependents.set(need, [node]);
      else list.push(node);
    }
  }
  const free = [...open].filter(([, count]) => count === 0).map(([node]) => node);
  for (let node = free.pop(); node !== undefined; node = free.pop()) {
    open.delete(node);
    for (const dependent of dependents.get(node) ?? []) {
      const count = (open.get(dependent) ?? 0) - 1;
      open.set(dependent, count);
      if (count === 0) free.push(dependent);
    }
  }
  return new Set(open.keys());
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
  for (let node: string | undefined = last; node !== undefined && node !== start; node = cameFrom.get(node)) {
    path.splice(1, 0, node);
  }
  if (last === start) return [start, start];
  path.splice(0, 1);
  return [start, ...path, start];
}
