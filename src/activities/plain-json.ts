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
  return copy(value, '', { text, above: new Set() });
}

type Walk = { readonly text: ((value: string) => string) | undefined; readonly above: Set<object> };

function copy(value: unknown, path: string, walk: Walk): Json {
  switch (typeof value) {
    case 'undefined':
      return null;
    case 'boolean':
      return value;
    case 'string':
      return walk.text === undefined ? value : walk.text(value);
    case 'number':
      if (!Number.isFinite(value)) refuse(path, `the number ${value}`);
      return value;
    case 'object':
      return value === null ? null : copyObject(value, path, walk);
    case 'bigint':
      return refuse(path, `a BigInt (${value}n); convert it to a number or a string`);
    case 'function':
    case 'symbol':
      return refuse(path, `a ${typeof value}`);
  }
}

function copyObject(value: object, path: string, walk: Walk): Json {
  if (walk.above.has(value)) refuse(path, 'a reference back to an object that holds it');
  if (walk.above.size >= MAX_DEPTH) refuse(path, `nested deeper than ${MAX_DEPTH} levels`);
  walk.above.add(value);
  const result = Array.isArray(value) ? copyList(value, path, walk) : copyRecord(value, path, walk);
  walk.above.delete(value);
  return result;
}

function copyList(value: readonly unknown[], path: string, walk: Walk): Json {
  return Array.from(value, (item, index) => copy(item, `${path}[${index}]`, walk));
}

function copyRecord(value: object, path: string, walk: Walk): Json {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Objects of another realm (a sandbox, a test runner) have an Object.prototype of their own.
  if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) {
    refuse(path, describeInstance(value));
  }
  if (Object.prototype.toString.call(value) !== '[object Object]') refuse(path, describeInstance(value));
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    entries.map(([key, item]) => {
      const name = walk.text === undefined ? key : walk.text(key);
      return [name, copy(item, path === '' ? key : `${path}.${key}`, walk)];
    }),
  );
}

function describeInstance(value: object): string {
  if (value instanceof Date) return 'a Date; convert it with .toISOString()';
  const name = value.constructor?.name;
  return name === undefined || name === '' ? 'an object that is not plain' : `an instance of ${name}`;
}

function refuse(path: string, what: string): never {
  throw new NotJsonError(`${path === '' ? 'the value itself' : path} is ${what}, which JSON cannot hold`);
}
