import type { Json } from '../shared/json.js';

const MAX_DEPTH = 500;

/** A value that cannot be kept as JSON, with the place where it is. */
export class NotJsonError extends Error {
  override readonly name = 'NotJsonError';
}

/**
 * Copies a value as plain JSON, changing every string by `text`. `undefined` becomes null, and is left out of objects.
 * Throws {@link NotJsonError} on what JSON would lose or change: BigInt, NaN, dates, class instances, cycles.
 */
export function toPlainJson(value: unknown, text?: (value: string) => string): Json {
  return copy(value, { text, above: new Set(), path: [] });
}

/** `above` holds the objects and `path` the keys that lead to the value at hand. */
type Walk = {
  readonly text: ((value: string) => string) | undefined;
  readonly above: Set<object>;
  readonly path: (string | number)[];
};

function copy(value: unknown, walk: Walk): Json {
  switch (typeof value) {
    case 'undefined':
      return null;
    case 'boolean':
      return value;
    case 'string':
      return walk.text === undefined ? value : walk.text(value);
    case 'number':
      if (!Number.isFinite(value)) refuse(walk, `the number ${value}`);
      return value;
    case 'object':
      return value === null ? null : copyObject(value, walk);
    case 'bigint':
      return refuse(walk, `a BigInt (${value}n); convert it to a number or a string`);
    case 'function':
    case 'symbol':
      return refuse(walk, `a ${typeof value}`);
  }
}

function copyObject(value: object, walk: Walk): Json {
  if (walk.above.has(value)) refuse(walk, 'a reference back to an object that holds it');
  if (walk.above.size >= MAX_DEPTH) refuse(walk, `nested deeper than ${MAX_DEPTH} levels`);
  walk.above.add(value);
  const result = Array.isArray(value) ? copyList(value, walk) : copyRecord(value, walk);
  walk.above.delete(value);
  return result;
}

function copyList(value: readonly unknown[], walk: Walk): Json {
  return Array.from(value, (item, index) => copyAt(index, item, walk));
}

function copyRecord(value: object, walk: Walk): Json {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Objects of another realm (a sandbox, a test runner) have an Object.prototype of their own.
  if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) {
    refuse(walk, describeInstance(value));
  }
  if (Object.prototype.toString.call(value) !== '[object Object]') refuse(walk, describeInstance(value));
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const { text } = walk;
  return Object.fromEntries(
    entries.map(([key, item]) => [text === undefined ? key : text(key), copyAt(key, item, walk)]),
  );
}

function copyAt(key: string | number, item: unknown, walk: Walk): Json {
  walk.path.push(key);
  const result = copy(item, walk);
  walk.path.pop();
  return result;
}

function describeInstance(value: object): string {
  if (value instanceof Date) return 'a Date; convert it with .toISOString()';
  const name = value.constructor?.name;
  return name === undefined || name === '' ? 'an object that is not plain' : `an instance of ${name}`;
}

function refuse({ path }: Walk, what: string): never {
  const place = path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${key}`))
    .join('');
  throw new NotJsonError(`${place === '' ? 'the value itself' : place} is ${what}, which JSON cannot hold`);
}
