import { isJsonObject, type Json, type JsonObject } from '../shared/json.js';
import type { InputSpec, InputType } from './plan.js';

export type InputProblem = { readonly input: string; readonly message: string };

/**
 * Checks what a run is given against what the definition declares: all problems at once, and the inputs with
 * defaults filled in. An optional input without a default becomes null, so expressions can always name it.
 */
export function checkInputs(
  specs: Readonly<Record<string, InputSpec>>,
  given: JsonObject,
): { readonly inputs: JsonObject; readonly problems: readonly InputProblem[] } {
  const inputs: Record<string, Json> = {};
  const problems: InputProblem[] = [];
  const names = Object.keys(specs);
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(specs, name)) {
      const known = names.length === 0 ? 'The pipeline takes none.' : `Inputs: ${names.join(', ')}.`;
      problems.push({ input: name, message: `input "${name}" does not exist. ${known}` });
    }
  }
  for (const [name, spec] of Object.entries(specs)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined || value === null) {
      if (spec.required && spec.default === undefined) {
        problems.push({
          input: name,
          message: `input "${name}" (${spec.type}) is required and was not given`,
        });
      }
      inputs[name] = spec.default ?? null;
      continue;
    }
    inputs[name] = value;
    for (const message of inputViolations(spec, value))
      problems.push({ input: name, message: `input "${name}" ${message}` });
  }
  return { inputs, problems };
}

/** What is wrong with a value for an input, in words that follow the input's name; empty when it fits. */
export function inputViolations(spec: InputSpec, value: Json): readonly string[] {
  if (!hasType(spec.type, value)) return [`must be ${article(spec.type)}, got ${shown(value)}`];
  return [
    ...enumViolations(spec, value),
    ...(typeof value === 'number' ? numberViolations(spec, value) : []),
    ...(typeof value === 'string' ? textViolations(spec, value) : []),
    ...(Array.isArray(value) ? listViolations(spec, value) : []),
  ];
}

function hasType(type: InputType, value: Json): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'integer':
      return Number.isSafeInteger(value);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'date':
      return typeof value === 'string' && isDate(value);
    case 'list':
      return Array.isArray(value);
    case 'object':
      return isJsonObject(value);
  }
}

/** A calendar date (`2026-01-31`) or an ISO 8601 instant. */
function isDate(text: string): boolean {
  const match =
    /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:?\d{2})?)?$/.exec(
      text,
    );
  if (match === null) return false;
  const day = new Date(`${match[1]}-${match[2]}-${match[3]}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.getUTCDate() === Number(match[3]);
}

function enumViolations(spec: InputSpec, value: Json): readonly string[] {
  if (spec.enum === undefined) return [];
  const found = JSON.stringify(value);
  if (spec.enum.some((allowed) => JSON.stringify(allowed) === found)) return [];
  return [
    `must be one of ${spec.enum.map((allowed) => JSON.stringify(allowed)).join(', ')}, got ${shown(value)}`,
  ];
}

function numberViolations(spec: InputSpec, value: number): readonly string[] {
  const found: string[] = [];
  if (spec.minimum !== undefined && value < spec.minimum)
    found.push(`must be at least ${spec.minimum}, got ${value}`);
  if (spec.maximum !== undefined && value > spec.maximum)
    found.push(`must be at most ${spec.maximum}, got ${value}`);
  if (spec.exclusive_minimum !== undefined && value <= spec.exclusive_minimum) {
    found.push(`must be more than ${spec.exclusive_minimum}, got ${value}`);
  }
  if (spec.exclusive_maximum !== undefined && value >= spec.exclusive_maximum) {
    found.push(`must be less than ${spec.exclusive_maximum}, got ${value}`);
  }
  if (spec.multiple_of !== undefined && !isMultiple(value, spec.multiple_of)) {
    found.push(`must be a multiple of ${spec.multiple_of}, got ${value}`);
  }
  return found;
}

/** Compares with a tolerance, because 0.3 / 0.1 is not 3 in binary. */
function isMultiple(value: number, step: number): boolean {
  const ratio = value / step;
  return Math.abs(ratio - Math.round(ratio)) < 1e-9;
}

function textViolations(spec: InputSpec, value: string): readonly string[] {
  const found: string[] = [];
  const length = [...value].length;
  if (spec.min_length !== undefined && length < spec.min_length) {
    found.push(`must have at least ${spec.min_length} characters, got ${length}`);
  }
  if (spec.max_length !== undefined && length > spec.max_length) {
    found.push(`must have at most ${spec.max_length} characters, got ${length}`);
  }
  if (spec.pattern !== undefined && !new RegExp(spec.pattern, 'u').test(value)) {
    found.push(`must match ${spec.pattern}, got ${shown(value)}`);
  }
  return found;
}

function listViolations(spec: InputSpec, value: readonly Json[]): readonly string[] {
  const found: string[] = [];
  if (spec.min_items !== undefined && value.length < spec.min_items) {
    found.push(`must have at least ${spec.min_items} items, got ${value.length}`);
  }
  if (spec.max_items !== undefined && value.length > spec.max_items) {
    found.push(`must have at most ${spec.max_items} items, got ${value.length}`);
  }
  if (spec.unique_items === true && new Set(value.map((item) => JSON.stringify(item))).size < value.length) {
    found.push('must not repeat an item');
  }
  return found;
}

function article(type: InputType): string {
  return type === 'integer' || type === 'object' ? `an ${type}` : `a ${type}`;
}

function shown(value: Json): string {
  const text = JSON.stringify(value);
  const type = value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
  return `\`${text.length > 60 ? `${text.slice(0, 57)}…` : text}\` (${type})`;
}
