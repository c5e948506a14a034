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

/** What to leave out of a value: by key, the whole or a part. */
type Cuts = Map<string, Cuts | 'all'>;

function cutAll(value: Json, issues: readonly Issue[]): Json | undefined {
  const cuts: Cuts = new Map();
  for (const path of issues.flatMap((issue) => pathsOf(issue))) {
    const target = targetOf(value, path);
    if (target.length === 0) return undefined;
    addCut(cuts, target);
  }
  return cut(value, cuts);
}

function addCut(cuts: Cuts, path: Path): void {
  let at = cuts;
  for (const [i, step] of path.entries()) {
    const key = String(step);
    const next = at.get(key);
    if (next === 'all') return;
    if (i === path.length - 1) {
      at.set(key, 'all');
      return;
    }
    const inner: Cuts = next ?? new Map();
    at.set(key, inner);
    at = inner;
  }
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

function cut(value: Json, cuts: Cuts): Json {
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const inner = cuts.get(key);
    if (inner === 'all') return [];
    return [[key, inner === undefined ? item : cut(item, inner)] as const];
  });
  return Object.fromEntries(entries);
}
