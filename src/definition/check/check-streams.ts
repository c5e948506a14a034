import type { StageCatalog } from '../catalog.js';
import type { Draft, StageEntry } from '../draft.js';
import type { Path, Reporter } from '../reporter.js';
import type { ProblemCode } from '../problem-codes.js';
import { listNames, suggest } from '../suggest.js';
import type { StageUses } from './check-stage.js';

/** The stage whose chunks the map of a stage goes over, as it is written; null for all other stages. */
export function streamWritten({ data }: StageEntry): string | null {
  const over = data.map?.over;
  return typeof over === 'object' && 'stream' in over ? over.stream : null;
}

/** Checks the maps that go over the chunks of another stage while it runs. */
export function checkStreams(
  draft: Draft,
  uses: ReadonlyMap<StageEntry, StageUses>,
  catalog: StageCatalog | null,
  reporter: Reporter,
): void {
  const stages = new Map(
    draft.stages.flatMap((entry) => (entry.label === null ? [] : [[entry.label, entry]])),
  );
  const { hooks } = draft;
  for (const entry of [...hooks.on_success, ...hooks.on_failure, ...hooks.finally]) {
    if (streamWritten(entry) === null) continue;
    const message = `\`map.over.stream\` does not fit stages of \`${entry.list}\`, which run one after the other`;
    report(reporter, entry, 'key-not-for-kind', message);
  }
  for (const entry of draft.stages) {
    const id = streamWritten(entry);
    if (id === null) continue;
    const producer = stages.get(id);
    if (id === entry.label) report(reporter, entry, 'self-dependency', 'goes over its own stream');
    else if (producer === undefined) reportUnknown(entry, id, [...stages.keys()], reporter);
    else {
      checkFollower(entry, id, uses.get(entry) ?? new Set(), reporter);
      const unfit = unfitness(producer, catalog);
      if (unfit !== null)
        report(reporter, entry, 'key-not-for-kind', `cannot go over the stream of "${id}": ${unfit}`);
    }
  }
}

/** What must not be said by a stage that starts together with the one that it takes its items from. */
function checkFollower(entry: StageEntry, id: string, uses: StageUses, reporter: Reporter): void {
  const { depends_on = [], run_when } = entry.data;
  if ([depends_on].flat().includes(id)) {
    const message = `would wait for the end of "${id}"; leave it out of \`depends_on\`: a map over its stream starts with it`;
    report(reporter, entry, 'wrong-value', message, ['depends_on']);
  }
  if (uses.has(id)) {
    const message = `reads the result of "${id}" in an expression, which is not there yet when a map over its stream starts; let the chunks hold what the items need`;
    report(reporter, entry, 'wrong-value', message);
  }
  if (run_when === 'any_succeeded' || run_when === 'any_failed') {
    const message = `\`run_when: ${run_when}\` does not fit \`map.over.stream\`: the map starts before "${id}" has ended`;
    report(reporter, entry, 'key-not-for-kind', message, ['run_when']);
  }
}

/** Why a stage gives no stream that a map can rely on, or null. */
function unfitness({ kind, data }: StageEntry, catalog: StageCatalog | null): string | null {
  if (kind !== null && kind !== 'uses') return `only \`uses\` stages give one, and it is a \`${kind}\` stage`;
  if (data.map !== undefined) return 'it is a map, and each of its items has a stream of its own';
  if (data.cache !== undefined && data.cache !== false)
    return 'it has `cache`, and a result from a cache has no chunks';
  if (data.fallback !== undefined) return 'it has `fallback`, which gives an output and no chunks';
  if (data.mode === 'local') return 'it has `mode: local`, and nothing else starts while it runs';
  const known = catalog?.stages.get(data.uses ?? '');
  if (known?.streams !== false) return null;
  return `the function "${known.name}" is no generator (\`async *run\`); one that returns a generator says so with \`chunk\``;
}

function reportUnknown(entry: StageEntry, id: string, stages: readonly string[], reporter: Reporter): void {
  const known = stages.filter((name) => name !== entry.label);
  const message = `goes over the stream of "${id}", which does not exist. Stages here: ${listNames(known)}.`;
  const path = [...entry.path, 'map', 'over', 'stream'];
  const suggestion = () => suggest(id, known);
  reporter.report({ code: 'unknown-dependency', path, message, stage: entry.label, suggestion });
}

function report(
  reporter: Reporter,
  entry: StageEntry,
  code: ProblemCode,
  message: string,
  keys: Path = ['map', 'over', 'stream'],
): void {
  reporter.report({ code, path: [...entry.path, ...keys], message, stage: entry.label });
}
