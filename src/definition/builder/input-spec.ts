import { z } from 'zod';
import type { Json, JsonObject } from '../../shared/json.js';

/** The inputs of a definition that say what zod schemas say. Throws a `TypeError` for what a definition cannot say. */
export function inputSpecs(schemas: Readonly<Record<string, z.ZodType>>): JsonObject {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, inputSpec(name, schema)]));
}

function inputSpec(name: string, schema: z.ZodType): JsonObject {
  const { default: given, description, ...json } = jsonSchemaOf(name, schema);
  const unsayable = whatCannotBeSaid(unwrapped(schema), json);
  if (unsayable !== null) {
    throw new TypeError(
      `The input "${name}" has ${unsayable}, which a definition cannot hold. Check it in a stage function.`,
    );
  }
  const isRequired = given === undefined && !schema.safeParse(undefined).success;
  return {
    ...typeOf(name, json),
    ...(isRequired ? { required: true } : {}),
    ...(given === undefined ? {} : { default: given }),
    ...(description === undefined ? {} : { description }),
    ...limitsOf(json),
  };
}

function jsonSchemaOf(name: string, schema: z.ZodType): JsonObject {
  try {
    return z.toJSONSchema(schema, { io: 'input' }) as JsonObject;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(`The input "${name}" cannot be a part of a definition: ${reason}.`, { cause });
  }
}

/** The schema inside `optional`, `default` and the like. */
function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodReadonly) {
    return unwrapped(schema.unwrap());
  }
  return schema;
}

type Definition = {
  readonly type: string;
  readonly coerce?: boolean;
  readonly checks?: readonly z.core.$ZodCheck[];
};

/** What JSON Schema leaves out or weakens without a word: a run would be given what the schema refuses. */
function whatCannotBeSaid({ _zod }: z.core.$ZodType, json: JsonObject): string | null {
  const { type, coerce = false, checks = [] } = _zod.def as Definition;
  const kinds = checks.map((each) => each._zod.def.check);
  const patterns = checks.flatMap((each) => ('pattern' in each._zod.def ? [each._zod.def.pattern] : []));
  if (type === 'nullable') return 'null among its values (`.optional()` is an input that need not be given)';
  if (coerce || type === 'pipe' || type === 'transform' || kinds.includes('overwrite'))
    return 'a transformation';
  if (kinds.includes('custom')) return 'a check of its own (`refine` and the like)';
  if (patterns.some((each) => each instanceof RegExp && /[ims]/.test(each.flags)))
    return 'a pattern with flags';
  if (json['allOf'] !== undefined) return 'several patterns';
  if (json['format'] !== undefined && json['pattern'] === undefined)
    return `the format ${JSON.stringify(json['format'])}`;
  return null;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  array: 'list',
  object: 'object',
};

function typeOf(name: string, json: JsonObject): JsonObject {
  const { type, const: only, enum: choices = only === undefined ? undefined : [only] } = json;
  if (isDate(json)) return { type: 'date' };
  const known = typeof type === 'string' ? TYPES[type] : undefined;
  if (known === undefined) {
    const types = [...Object.values(TYPES), 'date'].join(', ');
    throw new TypeError(`The input "${name}" has none of the types that a definition knows: ${types}.`);
  }
  return { type: known, ...(choices === undefined ? {} : { enum: choices }) };
}

function isDate({ format }: JsonObject): boolean {
  return format === 'date';
}

const LIMITS = {
  pattern: 'pattern',
  minimum: 'minimum',
  maximum: 'maximum',
  exclusiveMinimum: 'exclusive_minimum',
  exclusiveMaximum: 'exclusive_maximum',
  multipleOf: 'multiple_of',
  minLength: 'min_length',
  maxLength: 'max_length',
  minItems: 'min_items',
  maxItems: 'max_items',
} as const;

function limitsOf(json: JsonObject): JsonObject {
  const found = Object.entries(LIMITS).flatMap(([theirs, ours]): [string, Json][] => {
    const limit = json[theirs];
    if (limit === undefined || (isDate(json) && theirs === 'pattern')) return [];
    return isBoundOfIntegers(json, limit) ? [] : [[ours, limit]];
  });
  return Object.fromEntries(found);
}

/** Zod writes out the bounds that every integer has. */
function isBoundOfIntegers({ type }: JsonObject, limit: Json): boolean {
  return type === 'integer' && typeof limit === 'number' && Math.abs(limit) === Number.MAX_SAFE_INTEGER;
}
