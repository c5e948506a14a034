/** Keys that reach into an object's prototype in careless code, so no definition may use them. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Deepest nesting of objects and lists. */
export const MAX_DEPTH = 64;

/** Most values in a definition, aliases expanded. */
export const MAX_VALUES = 1_000_000;
