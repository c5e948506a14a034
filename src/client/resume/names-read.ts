import type { StagePlan } from '../../engine/plan.js';
import { hasExpression, inspectExpression, type NameUse, splitTemplate } from '../../expressions/inspect.js';
import { ROOT_NAMES, type Scope } from '../../expressions/scope.js';
import { isJsonObject, type Json } from '../../shared/json.js';

/** The names that a stage's expressions read: those of its condition, and those of what it does. */
export type NamesRead = { readonly condition: readonly NameUse[]; readonly work: readonly NameUse[] };

/** Names that exist only for one item of a fan-out are left out: they follow from the others. */
export function namesRead(stage: StagePlan): NamesRead {
  const { action, map } = stage;
  const work = action.kind === 'gate' ? action.checks.map((check) => check.assert) : sourcesIn(action);
  const over = map === null ? [] : sourcesIn(map.over);
  return {
    condition: stage.condition === null ? [] : namesIn([stage.condition]),
    work: namesIn([...work, ...over]),
  };
}

/** The first fact read that is another in every run, such as `run.id`; null when there is none. */
export function volatileName(names: readonly NameUse[]): string | null {
  for (const { root, path } of names) {
    if (root !== 'run') continue;
    const [field] = path;
    if (field === undefined) return 'run';
    if (VOLATILE.has(field.name)) return `run.${field.name}`;
  }
  return null;
}

/** Such a fact in words. */
export function everNew(name: string): string {
  return `\`${name}\`, which is another in every run`;
}

/** True when something is read that any stage may write. */
export function readsShared(names: readonly NameUse[]): boolean {
  return names.some(({ root }) => root === 'state' || root === 'metrics');
}

/** True when an expression of the stage reads what any stage may write. */
export function readsSharedState(stage: StagePlan): boolean {
  const { condition, work } = namesRead(stage);
  return readsShared(condition) || readsShared(work);
}

/** What a name stands for; undefined when there is no such thing. A computed key stands for all it may choose from. */
export function valueOf(use: NameUse, scope: Scope): Json | undefined {
  let value = (scope as unknown as Readonly<Record<string, Json | undefined>>)[use.root];
  for (const { name } of use.path) {
    if (value === undefined || !isJsonObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

const VOLATILE: ReadonlySet<string> = new Set(['id', 'workflow_id', 'started_at']);
const ROOTS: ReadonlySet<string> = new Set(ROOT_NAMES);

function namesIn(sources: readonly string[]): readonly NameUse[] {
  return sources
    .flatMap((source) => inspectExpression(source).names ?? [])
    .filter(({ root }) => ROOTS.has(root));
}

function sourcesIn(template: Json): readonly string[] {
  if (typeof template === 'string') return hasExpression(template) ? sourcesOf(template) : [];
  if (Array.isArray(template)) return template.flatMap(sourcesIn);
  return isJsonObject(template) ? Object.values(template).flatMap(sourcesIn) : [];
}

function sourcesOf(text: string): readonly string[] {
  const { parts } = splitTemplate(text);
  return (parts ?? []).flatMap((part) => (part.type === 'expression' ? [part.source] : []));
}
