import type { Json } from '../shared/json.js';
import { charge } from './budget.js';

/** Turns what CEL gives into JSON. Values without a JSON form throw; untouched parts keep their identity. */
export function toJson(value: unknown): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return finite(value);
    case 'bigint':
      return safeInteger(value);
    case 'object':
      return value === null ? null : objectToJson(value);
    default:
      throw new Error(`it gave a value of type ${typeof value}, which has no JSON form`);
  }
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new Error(`it gave ${value}, which has no JSON form`);
}

function safeInteger(value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new Error(`it gave ${value}, an integer that JSON numbers cannot hold exactly`);
}

function objectToJson(value: object): Json {
  if (Array.isArray(value)) return listToJson(value);
  if (value instanceof Map) return entriesToJson([...value], null);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) throw new Error('it gave bytes, which have no JSON form; use a string');
  if (isDuration(value)) return textOf(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new Error(`it gave a ${value.constructor.name.toLowerCase()}, which has no JSON form`);
  }
  return entriesToJson(Object.entries(value), value as Json);
}

function listToJson(list: readonly unknown[]): Json {
  charge(list.length);
  const copy = list.map(toJson);
  return copy.every((item, i) => item === list[i]) ? (list as Json) : copy;
}

function entriesToJson(entries: ReadonlyArray<readonly [unknown, unknown]>, original: Json): Json {
  charge(entries.length);
  let changed = original === null;
  const copy = entries.map(([key, item]) => {
    const json = toJson(item);
    changed ||= json !== item;
    return [String(key), json] as const;
  });
  return changed ? Object.fromEntries(copy) : original;
}

function textOf(value: { toString(): string }): string {
  return value.toString();
}

function isDuration(value: object): boolean {
  return Object.prototype.toString.call(value) === '[object google.protobuf.Duration]';
}
