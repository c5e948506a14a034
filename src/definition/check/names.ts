import { isJsonObject, type Json, type JsonObject } from '../../shared/json.js';
import type { HookName } from '../../engine/plan.js';
import { allStages, type Draft } from '../draft.js';

/** Names that expressions may use. Null where the definition is too broken to know them. */
export type Names = {
  readonly inputs: ReadonlySet<string> | null;
  readonly variables: ReadonlySet<string> | null;
  readonly secrets: ReadonlySet<string>;
  /** Main stages. */
  readonly stages: ReadonlySet<string>;
  readonly hooks: ReadonlyMap<string, HookName>;
};

/** Collects the names that a definition declares, also those whose declaration has mistakes. */
export function collectNames(draft: Draft): Names {
  const { raw } = draft;
  const secrets = raw['secrets'];
  const hooks = new Map<string, HookName>();
  for (const { label, list } of allStages(draft))
    if (label !== null && list !== 'stages') hooks.set(label, list);
  return {
    inputs: keysOf(raw['inputs']),
    variables: variableNames(raw),
    secrets: new Set(Array.isArray(secrets) ? secrets.filter((name) => typeof name === 'string') : []),
    stages: new Set(draft.stages.flatMap(({ label }) => (label === null ? [] : [label]))),
    hooks,
  };
}

function keysOf(value: Json | undefined): ReadonlySet<string> | null {
  if (value === undefined) return new Set();
  return isJsonObject(value) ? new Set(Object.keys(value)) : null;
}

/** A mode may bring variables of its own. */
function variableNames(raw: JsonObject): ReadonlySet<string> | null {
  const names = keysOf(raw['variables']);
  const modes = raw['modes'];
  if (names === null || !isJsonObject(modes ?? null)) return names;
  const all = new Set(names);
  for (const mode of Object.values(modes as JsonObject)) {
    const variables = isJsonObject(mode) ? mode['variables'] : undefined;
    for (const name of keysOf(variables) ?? []) all.add(name);
  }
  return all;
}
