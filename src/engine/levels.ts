/** The least that graph functions need to know of a stage. */
export type GraphNode = { readonly id: string; readonly depends_on: readonly string[] };

/**
 * The waves of a plan, level by level: level 1 holds the stages without dependencies, each other stage stands one
 * level below the deepest stage that it depends on. Within a level stages keep the order of the file.
 * Throws when the graph has a cycle; a validated plan has none.
 */
export function planLevels(stages: readonly GraphNode[]): string[][] {
  const levels: string[][] = [];
  const levelOf = stageLevels(stages);
  for (const { id } of stages) {
    const level = levelOf.get(id) ?? 1;
    while (levels.length < level) levels.push([]);
    levels[level - 1]?.push(id);
  }
  return levels;
}

/** The level of each stage, from 1. Unknown dependencies are ignored. */
export function stageLevels(stages: readonly GraphNode[]): ReadonlyMap<string, number> {
  const levelOf = new Map<string, number>();
  const open = new Map<string, number>();
  const dependents = dependentsOf(stages);
  for (const stage of stages) open.set(stage.id, 0);
  for (const list of dependents.values()) for (const id of list) open.set(id, (open.get(id) ?? 0) + 1);
  let layer = stages.filter((stage) => open.get(stage.id) === 0).map((stage) => stage.id);
  for (let level = 1; layer.length > 0; level += 1) {
    const next: string[] = [];
    for (const id of layer) {
      levelOf.set(id, level);
      for (const dependent of dependents.get(id) ?? []) {
        const count = (open.get(dependent) ?? 0) - 1;
        open.set(dependent, count);
        if (count === 0) next.push(dependent);
      }
    }
    layer = next;
  }
  if (levelOf.size < open.size) throw new Error('The stages form a cycle, so they have no levels.');
  return levelOf;
}

/** Stage → stages that depend on it, in the order of the file. Unknown dependencies are ignored. */
export function dependentsOf(stages: readonly GraphNode[]): ReadonlyMap<string, readonly string[]> {
  const dependents = new Map<string, string[]>();
  for (const stage of stages) dependents.set(stage.id, []);
  for (const stage of stages) for (const need of stage.depends_on) dependents.get(need)?.push(stage.id);
  return dependents;
}
