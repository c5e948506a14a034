import type { Json } from '../../shared/json.js';
import { FORBIDDEN_KEYS, MAX_DEPTH } from './limits.js';

const STRINGS_AND_KEYS = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

/**
 * The value of a JSON text; undefined when it is not JSON, or has something that must be reported at its position
 * (duplicate or forbidden keys, deep nesting).
 */
export function parsePlainJson(text: string): Json | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    const keys = countKeys(value, 0);
    return keys === writtenKeys(text) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The JSON of a value made in code: what JSON has no form for is left out, as in `JSON.stringify`. Undefined when that
 * is impossible: circles, bigints, deep nesting, forbidden keys.
 */
export function plainJsonOf(value: unknown): Json | undefined {
  try {
    const copy = JSON.parse(JSON.stringify(value) ?? 'null') as Json;
    countKeys(copy, 0);
    return copy;
  } catch {
    return undefined;
  }
}

/** JSON.parse keeps the last of two equal keys, so fewer keys in the value than in the text means duplicates. */
function writtenKeys(text: string): number {
  let keys = 0;
  for (const match of text.matchAll(STRINGS_AND_KEYS)) if (match[1] !== undefined) keys += 1;
  return keys;
}

function countKeys(value: Json, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth >= MAX_DEPTH) throw new RangeError('too deep');
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value) keys += countKeys(item as Json, depth + 1);
    return keys;
  }
  for (const [key, item] of Object.entries(value)) {
    if (FORBIDDEN_KEYS.has(key)) throw new RangeError('forbidden key');
    keys += 1 + countKeys(item, depth + 1);
  }
  return keys;
}
