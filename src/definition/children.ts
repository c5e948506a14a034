import { dirname, relative, resolve, sep } from 'node:path';
import type { InputSpec, Plan } from '../engine/plan.js';
import { isJsonObject, type Json } from '../shared/json.js';
import type { StageCatalog } from './catalog.js';
import type { ProblemCode } from './problem-codes.js';
import { HOOK_NAMES } from './schema/header-schema.js';
import { suggest } from './suggest.js';

/** A pipeline that another one runs, after loading. */
export type Child = {
  /** Its key in `Plan.pipelines`. */
  readonly key: string;
  /** Null when it cannot be used. */
  readonly plan: Plan | null;
  /** Null when its definition is too broken to know them. */
  readonly inputs: Readonly<Record<string, InputSpec>> | null;
  /** What is wrong with the reference itself; problems inside the child's file are reported there. */
  readonly fault: ChildFault | null;
};

export type ChildFault = {
  readonly code: ProblemCode;
  readonly message: string;
  readonly suggestion: string | null;
};

/** What the `pipeline` stages of a definition name, without repeats. */
export function childReferences(definition: Json): readonly string[] {
  if (!isJsonObject(definition)) return [];
  const references = new Set<string>();
  for (const list of ['stages', ...HOOK_NAMES]) {
    const stages = definition[list];
    if (!Array.isArray(stages)) continue;
    for (const stage of stages as readonly Json[]) {
      const reference = isJsonObject(stage) ? stage['pipeline'] : undefined;
      if (typeof reference === 'string') references.add(reference);
    }
  }
  return [...references];
}

export type ResolvedReference = { readonly file: string; readonly key: string } | ChildFault;

/** Finds the file of a reference: a path relative to the file that names it, or a configured name. */
export function resolveReference(
  reference: string,
  from: string,
  root: string,
  catalog: StageCatalog | null,
): ResolvedReference {
  const configured = catalog?.pipelines.get(reference);
  if (configured !== undefined) return { file: configured, key: reference };
  if (!/[\\/]|\.(?:ya?ml|json|[cm]?[jt]s)$/.test(reference)) {
    const known = [...(catalog?.pipelines.keys() ?? [])];
    const message = `runs the pipeline "${reference}", which is not configured; a path ends in .yaml, .yml, .json or .ts.`;
    return { code: 'unknown-pipeline', message, suggestion: suggest(reference, known) };
  }
  const file = resolve(dirname(from), reference);
  return { file, key: keyOf(file, root) };
}

/** Finds a pipeline that a definition brings along: as if it stood in a file beside that of the definition. */
export function resolveOwn(
  reference: string,
  from: string,
  root: string,
): { readonly file: string; readonly key: string } {
  const file = resolve(dirname(from), reference);
  return { file, key: keyOf(file, root) };
}

function keyOf(file: string, root: string): string {
  return relative(dirname(root), file).split(sep).join('/');
}
