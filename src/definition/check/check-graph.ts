import { shortestCycle } from '../../engine/shortest-cycle.js';
import type { Draft, StageEntry } from '../draft.js';
import type { Reporter } from '../reporter.js';
import { listNames, suggest } from '../suggest.js';
import type { StageUses } from './check-stage.js';
import { streamWritten } from './check-streams.js';
import type { Names } from './names.js';

/** Dependencies of a stage: those written, then those that expressions imply. */
export type StageEdges = { readonly depends_on: readonly string[]; readonly implied: readonly string[] };

/** Checks IDs and dependencies of all stages, and gives the edges of the graph by stage. */
export function checkGraph(
  draft: Draft,
  uses: ReadonlyMap<StageEntry, StageUses>,
  names: Names,
  reporter: Reporter,
): ReadonlyMap<StageEntry, StageEdges> {
  const edges = new Map<StageEntry, StageEdges>();
  const lists = [draft.stages, draft.hooks.on_success, draft.hooks.on_failure, draft.hooks.finally];
  checkUniqueIds(lists.flat(), reporter);
  for (const list of lists) {
    const siblings = new Set(list.flatMap(({ label }) => (label === null ? [] : [label])));
    for (const entry of list) {
      const written = writtenDependencies(entry, siblings, names, reporter);
      const known = new Set(written);
      const implied = [...(uses.get(entry) ?? [])].filter((id) => siblings.has(id) && !known.has(id));
      const streamed = streamWritten(entry);
      const all = streamed !== null && siblings.has(streamed) ? new Set([...implied, streamed]) : implied;
      const others = [...all].filter((id) => id !== entry.label && !known.has(id));
      if (implied.includes(entry.label ?? ''))
        reportSelf(entry, 'uses its own result in an expression', reporter);
      edges.set(entry, { depends_on: [...written, ...others], implied: others });
    }
    checkCycles(list, edges, reporter);
  }
  return edges;
}

function checkUniqueIds(entries: readonly StageEntry[], reporter: Reporter): void {
  const first = new Map<string, StageEntry>();
  for (const entry of entries) {
    if (entry.label === null) continue;
    const known = first.get(entry.label);
    if (known === undefined) first.set(entry.label, entry);
    else {
      const isOther = known.list !== entry.list && known.list !== 'stages';
      const where = isOther ? `a stage of \`${known.list}\`` : 'another stage';
      const message = `has the same ID as ${where}; IDs are unique in the whole file`;
      reporter.report({ code: 'duplicate-id', path: [...entry.path, 'id'], message, stage: entry.label });
    }
  }
}

function writtenDependencies(
  entry: StageEntry,
  siblings: ReadonlySet<string>,
  names: Names,
  reporter: Reporter,
): readonly string[] {
  const written = entry.data.depends_on;
  if (written === undefined) return [];
  const isList = typeof written !== 'string';
  const found = new Set<string>();
  for (const [i, id] of (isList ? written : [written]).entries()) {
    const path = [...entry.path, 'depends_on', ...(isList ? [i] : [])];
    if (id === entry.label) reportSelf(entry, 'depends on itself', reporter, path);
    else if (found.has(id)) {
      const message = `lists "${id}" twice in \`depends_on\``;
      reporter.report({ code: 'duplicate-item', path, message, stage: entry.label });
    } else if (siblings.has(id)) found.add(id);
    else reportUnknown(entry, id, path, siblings, names, reporter);
  }
  return [...found];
}

function reportSelf(entry: StageEntry, message: string, reporter: Reporter, path = entry.path): void {
  reporter.report({ code: 'self-dependency', path, message, stage: entry.label });
}

function reportUnknown(
  entry: StageEntry,
  id: string,
  path: StageEntry['path'],
  siblings: ReadonlySet<string>,
  names: Names,
  reporter: Reporter,
): void {
  const hook = names.hooks.get(id);
  const stage = entry.label;
  if (entry.list !== 'stages' && names.stages.has(id)) {
    const message = `needs "${id}", but a stage of \`${entry.list}\` runs after all stages anyway; remove it`;
    reporter.report({ code: 'hook-dependency', path, message, stage });
  } else if (hook !== undefined) {
    const message = `needs "${id}", which is a stage of \`${hook}\` and cannot be waited for here`;
    reporter.report({ code: 'hook-dependency', path, message, stage });
  } else {
    const known = [...siblings].filter((name) => name !== entry.label);
    const message = `needs "${id}", which does not exist. Stages here: ${listNames(known)}.`;
    reporter.report({
      code: 'unknown-dependency',
      path,
      message,
      stage,
      suggestion: () => suggest(id, known),
    });
  }
}

const MAX_CYCLES = 10;

/** Reports each cycle by its shortest path; the stages of one are then left out to find the next. */
function checkCycles(
  list: readonly StageEntry[],
  edges: ReadonlyMap<StageEntry, StageEdges>,
  reporter: Reporter,
): void {
  const graph = new Map<string, readonly string[]>();
  const entries = new Map<string, StageEntry>();
  for (const entry of list) {
    if (entry.label === null || graph.has(entry.label)) continue;
    graph.set(entry.label, edges.get(entry)?.depends_on ?? []);
    entries.set(entry.label, entry);
  }
  for (let i = 0; i < MAX_CYCLES; i++) {
    const cycle = shortestCycle(graph);
    const [start] = cycle ?? [];
    if (cycle === null || start === undefined) return;
    const entry = entries.get(start);
    const steps = cycle.slice(1).map((id, step) => `  ${cycle[step] ?? ''} needs → ${id}`);
    const message = `waits for itself in a cycle:\n${steps.join('\n')}`;
    reporter.report({ code: 'cycle', path: entry?.path ?? [], message, stage: start });
    for (const id of cycle) graph.delete(id);
  }
}
