import type { z } from 'zod';
import { isJsonObject, type Json } from '../../shared/json.js';
import type { Path } from '../reporter.js';

export type Issue = z.core.$ZodIssue;

/** The well-formed part of a value; null when not even a part of it is usable. */
export type LenientResult<T> = { readonly data: T | null; readonly issues: readonly Issue[] };

const MAX_ROUNDS = 20;

/**
 * Checks a value against a schema and keeps what is right: wrong parts are cut out and the rest is checked again, so
 * that one mistake does not hide the others.
 */
export function lenientParse<T>(schema: z.ZodType<T>, value: Json): LenientResult<T> {
  const first = schema.safeParse(value);
  if (first.success) return { data: first.data, issues: [] };
  const issues = first.error.issues;
  let rest: Json | undefined = value;
  let found: readonly Issue[] = issues;
  for (let round = 0; round < MAX_ROUNDS && rest !== undefined; round++) {
    rest = cutAll(rest, found);
    if (rest === undefined) break;
    const next = schema.safeParse(rest);
    if (next.success) return { data: next.data, issues };
    found = next.error.issues;
  }
  return { data: null, issues };
}

function cutAll(value: Json, issues: readonly Issue[]): Json | undefined {
  const targets = issues.flatMap((issue) => pathsOf(issue)).map((path) => targetOf(value, path));
  return targets.reduce<Json | undefined>(
    (rest, path) => (rest === undefined ? rest : cut(rest, path)),
    value,
  );
}

function pathsOf(issue: Issue): readonly Path[] {
  const path = issue.path as Path;
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
}

/**
 * What to cut because of a mistake at `path`. Lists lose no element, since positions must stay true: they go whole.
 * A needed key that is missing makes the object around it useless.
 */
function targetOf(value: Json, path: Path): Path {
  let at: Json = value;
  for (const [depth, step] of path.entries()) {
    if (!isJsonObject(at)) return path.slice(0, depth);
    const child: Json | undefined = at[String(step)];
    if (child === undefined) return path.slice(0, depth);
    at = child;
  }
  return path;
}

/** The value without what stands at `path`; undefined when that is the value itself. */
function cut(value: Json, path: Path): Json | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return undefined;
  if (!isJsonObject(value)) return value;
  const key = String(step);
  const child = value[key];
  if (child === undefined) return value;
  const left = cut(child, rest);
  const copy = Object.entries(value).filter(([name]) => name !== key);
  return Object.fromEntries(left === undefined ? copy : [...copy, [key, left]]);
}
