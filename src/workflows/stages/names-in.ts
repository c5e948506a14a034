import type { Json } from '../../shared/json.js';

/** Names without repeats; null when it is no list of names. One name may stand for a list of it. */
export function namesIn(value: Json): readonly string[] | null {
  if (value === null) return [];
  const list: readonly Json[] = Array.isArray(value) ? value : [value];
  const names = list.filter((name) => typeof name === 'string' && name.trim() !== '');
  return names.length === list.length ? [...new Set(names as readonly string[])] : null;
}
