import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { Json } from '../../shared/json.js';
import type { ProblemCode } from '../problem-codes.js';
import { FORBIDDEN_KEYS, MAX_DEPTH, MAX_VALUES } from './limits.js';

export type SourceProblem = { readonly code: ProblemCode; readonly message: string; readonly offset: number };

type Converted = { readonly value: Json; readonly size: number };

type State = {
  readonly problems: SourceProblem[];
  /** Finished nodes by anchor; null while the node is being converted. */
  readonly anchors: Map<string, Converted | null>;
  values: number;
};

/** Turns a YAML document into JSON, counting what aliases expand to, and reports what JSON cannot hold. */
export function convertDocument(document: Document.Parsed): {
  readonly value: Json | undefined;
  readonly problems: readonly SourceProblem[];
} {
  const state: State = { problems: [], anchors: new Map(), values: 0 };
  for (const warning of document.warnings) {
    state.problems.push({
      code: 'unknown-tag',
      message: `this YAML tag is not supported`,
      offset: warning.pos[0],
    });
  }
  try {
    return { value: convert(document.contents, 0, state).value, problems: state.problems };
  } catch (error) {
    if (!(error instanceof StopConversion)) throw error;
    return { value: undefined, problems: [...state.problems, error.problem] };
  }
}

/** A limit was passed, so going on makes no sense. */
class StopConversion extends Error {
  override readonly name = 'StopConversion';
  readonly problem: SourceProblem;
  constructor(problem: SourceProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

function convert(node: Node | null, depth: number, state: State): Converted {
  const offset = node?.range?.[0] ?? 0;
  if (depth > MAX_DEPTH) {
    const message = `objects and lists are nested too deeply, the limit is ${MAX_DEPTH}`;
    throw new StopConversion({ code: 'too-deep', message, offset });
  }
  count(1, offset, state);
  if (node === null) return { value: null, size: 1 };
  if (isAlias(node)) return convertAlias(node.source, offset, state);
  const anchor = 'anchor' in node ? node.anchor : undefined;
  if (anchor !== undefined) state.anchors.set(anchor, null);
  const before = state.values;
  const value = convertNode(node, depth, state);
  const converted = { value, size: state.values - before + 1 };
  if (anchor !== undefined) state.anchors.set(anchor, converted);
  return converted;
}

function convertAlias(anchor: string, offset: number, state: State): Converted {
  const target = state.anchors.get(anchor);
  if (target === undefined || target === null) {
    const why = target === null ? 'is part of itself' : 'does not exist';
    state.problems.push({ code: 'bad-alias', message: `the alias \`*${anchor}\` ${why}`, offset });
    return { value: null, size: 1 };
  }
  count(target.size, offset, state);
  return target;
}

function count(values: number, offset: number, state: State): void {
  state.values += values;
  if (state.values <= MAX_VALUES) return;
  const message = `the file holds more than ${MAX_VALUES.toLocaleString('en-US')} values, aliases expanded`;
  throw new StopConversion({ code: 'too-many-values', message, offset });
}

function convertNode(node: Node, depth: number, state: State): Json {
  if (isMap(node)) return convertMap(node.items, depth, state);
  if (isSeq(node)) return node.items.map((item) => convert(item as Node | null, depth + 1, state).value);
  return isScalar(node) ? convertScalar(node.value, node.range?.[0] ?? 0, state) : null;
}

function convertScalar(value: unknown, offset: number, state: State): Json {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  state.problems.push({
    code: 'not-json',
    message: `\`${typeof value === 'number' ? value : typeof value}\` has no JSON form`,
    offset,
  });
  return null;
}

function convertMap(pairs: readonly Pair[], depth: number, state: State): Json {
  const entries = new Map<string, Json>();
  for (const pair of pairs) {
    const key = readKey(pair.key as Node | null, state);
    const offset = (pair.key as Node | null)?.range?.[0] ?? 0;
    const { value } = convert(pair.value as Node | null, depth + 1, state);
    if (key === null) continue;
    if (entries.has(key)) {
      const message = `the key \`${key}\` stands here twice; remove one`;
      state.problems.push({ code: 'duplicate-key', message, offset });
    } else entries.set(key, value);
  }
  return Object.fromEntries(entries);
}

function readKey(node: Node | null, state: State): string | null {
  const offset = node?.range?.[0] ?? 0;
  const key: unknown = isScalar(node) ? node.value : undefined;
  if (typeof key !== 'string') {
    const shown = isScalar(node) ? `\`${String(key)}\`` : 'this key';
    state.problems.push({
      code: 'key-not-a-string',
      message: `${shown} is not a string; put it in quotes`,
      offset,
    });
    return null;
  }
  if (key === '<<') {
    const message = 'merge keys (`<<`) are not supported; use `defaults` for what stages have in common';
    state.problems.push({ code: 'merge-key', message, offset });
    return null;
  }
  if (!FORBIDDEN_KEYS.has(key)) return key;
  state.problems.push({ code: 'forbidden-key', message: `a key cannot be named \`${key}\``, offset });
  return null;
}
