import type { CelNode } from './cel-node.js';

const MAX_NAMES_SHOWN = 20;

/** `owner.key` and `owner[key]` over JSON. Throws an {@link AccessError} that says what exists. */
export function accessField(owner: unknown, key: unknown, node: CelNode): unknown {
  if (Array.isArray(owner)) return accessItem(owner, key, node);
  const name = typeof key === 'number' ? String(key) : key;
  if (typeof owner !== 'object' || owner === null || typeof name !== 'string') {
    throw new AccessError(
      `\`${targetText(node)}\` is ${describe(owner)}, it has no ${showKey(key)}`,
      node.pos,
    );
  }
  const value = Object.hasOwn(owner, name) ? (owner as Record<string, unknown>)[name] : undefined;
  if (value !== undefined) return value;
  throw new AccessError(`\`${targetText(node)}\` has no ${showKey(key)}. ${namesIn(owner)}`, node.pos);
}

/** A key or an element that does not exist. */
export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

function accessItem(list: readonly unknown[], key: unknown, node: CelNode): unknown {
  const value = typeof key === 'number' ? list[key] : undefined;
  if (value !== undefined) return value;
  const size = list.length === 1 ? '1 element' : `${list.length} elements`;
  if (typeof key !== 'number') {
    throw new AccessError(`\`${targetText(node)}\` is a list, it has no ${showKey(key)}`, node.pos);
  }
  const hint = Number.isInteger(key) ? 'positions start at 0' : 'a position is a whole number';
  throw new AccessError(`\`${targetText(node)}\` has ${size}, no element ${key} (${hint})`, node.pos);
}

function namesIn(owner: object): string {
  const names = Object.keys(owner);
  if (names.length === 0) return 'It is empty.';
  const more = names.length > MAX_NAMES_SHOWN ? `, … (${names.length} in all)` : '';
  return `It has: ${names.slice(0, MAX_NAMES_SHOWN).join(', ')}${more}.`;
}

function targetText(node: CelNode): string {
  const [target] = node.args as readonly [CelNode];
  return node.input.slice(target.start, target.end);
}

function showKey(key: unknown): string {
  return typeof key === 'string' ? `\`${key}\`` : `\`${String(key)}\``;
}

/** What a value is, in words for messages. */
function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'boolean') return 'true or false';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
