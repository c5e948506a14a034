import { charge } from './budget.js';

/** Equality of JSON values: lists by element, objects by key in any order. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && equalLists(a, b);
  return equalObjects(a as Fields, b as Fields);
}

type Fields = Readonly<Record<string, unknown>>;

function equalLists(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  charge(a.length);
  return a.every((item, i) => deepEqual(item, b[i]));
}

function equalObjects(a: Fields, b: Fields): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  charge(keys.length);
  return keys.every((key) => Object.hasOwn(b, key) && deepEqual(a[key], b[key]));
}
