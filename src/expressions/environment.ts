import { Environment } from '@marcbachmann/cel-js';
import { hashJson } from './hash.js';
import { ITEM_NAMES, ROOT_NAMES } from './scope.js';
import { toJson } from './to-json.js';

/** Longest expression, in characters. */
export const MAX_EXPRESSION_LENGTH = 8192;

const holder: { environment: Environment | null } = { environment: null };

/** The one CEL environment, made on first use because workflows without expressions need none. */
export function celEnvironment(): Environment {
  holder.environment ??= createEnvironment();
  return holder.environment;
}

const itemNames = new Set<string>(ITEM_NAMES);

/**
 * Makes the name that a map gives to its items known to expressions. It is known everywhere then; that it stands only
 * inside such a map is checked at load.
 */
export function declareItemName(name: string): void {
  if (itemNames.has(name)) return;
  itemNames.add(name);
  holder.environment?.registerVariable(name, 'dyn');
}

/** True for names of items and of what goes with them. */
export function isItemName(name: string): boolean {
  return itemNames.has(name);
}

function createEnvironment(): Environment {
  const environment = new Environment({
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: 2000, maxDepth: 100, maxListElements: 500, maxMapEntries: 500 },
  });
  for (const name of [...ROOT_NAMES, ...itemNames]) environment.registerVariable(name, 'dyn');
  environment.registerOperator('double % double', (a: number, b: number) => a % b);
  for (const [signature, handler] of FUNCTIONS) {
    environment.registerFunction(signature, handler, { async: false } as object);
  }
  return environment;
}

type Handler = (...args: never[]) => unknown;
type Printable = { toString(): string };

// Every number is a double here, so what takes an `int` in CEL's library needs a twin that takes a double.
const FUNCTIONS: ReadonlyArray<readonly [string, Handler]> = [
  ['hash(dyn): string', (value: unknown) => hashJson(toJson(value))],
  ['timestamp(double): google.protobuf.Timestamp', (seconds: number) => new Date(seconds * 1000)],
  ['string(google.protobuf.Timestamp): string', (time: Date) => time.toISOString()],
  ['string(google.protobuf.Duration): string', (duration: Printable) => duration.toString()],
  ['string(null): string', () => ''],
  ['string.substring(double): string', (text: string, start: number) => slice(text, start, text.length)],
  ['string.substring(double, double): string', slice],
  [
    'string.indexOf(string, double): double',
    (text: string, part: string, from: number) => text.indexOf(part, from),
  ],
  [
    'string.lastIndexOf(string, double): double',
    (text: string, part: string, from: number) => text.lastIndexOf(part, from),
  ],
  ['string.split(string, double): list<string>', split],
];

function slice(text: string, start: number, end: number): string {
  if (start >= 0 && start <= end && end <= text.length) return text.slice(start, end);
  throw new Error(`substring from ${start} to ${end} is outside a text of ${text.length} characters`);
}

function split(text: string, separator: string, limit: number): readonly string[] {
  if (limit === 0) return [];
  const parts = text.split(separator);
  if (limit < 0 || parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
}
