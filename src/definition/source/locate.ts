import { type Document, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from 'yaml';
import type { Locate, LocateOptions, Path, Place } from '../reporter.js';
import { offsetInSource } from './offset-in-source.js';

/** Finds paths in a parsed document. What does not exist is shown at the nearest thing around it that does. */
export function createLocate(document: Document.Parsed, lines: LineCounter, text: string): Locate {
  const pairOf = createPairFinder();
  return (path, options = {}) => {
    const offset = find({ root: document.contents, path, options, text, pairOf });
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) } satisfies Place;
  };
}

type FindPair = (node: Node | null, step: string | number) => Pair | null;

type Search = {
  readonly root: Node | null;
  readonly path: Path;
  readonly options: LocateOptions;
  readonly text: string;
  readonly pairOf: FindPair;
};

function find({ root, path, options, text, pairOf }: Search): number {
  let node = root;
  let found = root?.range?.[0] ?? 0;
  for (const [i, step] of path.entries()) {
    const isLast = i === path.length - 1;
    const pair = pairOf(node, step);
    const next = pair === null ? itemOf(node, step) : (pair.value as Node | null);
    if (pair !== null) found = keyOffset(pair);
    if (pair === null && next === null) return found;
    if (isLast && options.key === true && pair !== null) return found;
    node = next;
    found = node?.range?.[0] ?? found;
  }
  if (options.offset === undefined || !isScalar(node) || typeof node.value !== 'string') return found;
  return offsetInSource(node, node.value, options.offset, text);
}

/** Indexes each map on first use: a thousand problems in one large map must not search it a thousand times. */
function createPairFinder(): FindPair {
  const indexes = new Map<Node, ReadonlyMap<string, Pair>>();
  return (node, step) => {
    if (!isMap(node)) return null;
    let index = indexes.get(node);
    if (index === undefined) {
      index = indexPairs(node.items);
      indexes.set(node, index);
    }
    return index.get(String(step)) ?? null;
  };
}

/** Of equal keys the first counts, as everywhere else. */
function indexPairs(pairs: readonly Pair[]): ReadonlyMap<string, Pair> {
  const index = new Map<string, Pair>();
  for (const pair of pairs) {
    const key: unknown = isScalar(pair.key) ? pair.key.value : undefined;
    if (typeof key === 'string' && !index.has(key)) index.set(key, pair);
  }
  return index;
}

function itemOf(node: Node | null, step: string | number): Node | null {
  if (!isSeq(node) || typeof step !== 'number') return null;
  return (node.items[step] as Node | undefined) ?? null;
}

function keyOffset(pair: Pair): number {
  return (pair.key as Node).range?.[0] ?? 0;
}
