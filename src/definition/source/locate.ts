import { type Document, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from 'yaml';
import type { Locate, LocateOptions, Path, Place } from '../reporter.js';
import { offsetInSource } from './offset-in-source.js';

/** Finds paths in a parsed document. What does not exist is shown at the nearest thing around it that does. */
export function createLocate(document: Document.Parsed, lines: LineCounter, text: string): Locate {
  return (path, options = {}) => {
    const offset = find(document.contents, path, options, text);
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) } satisfies Place;
  };
}

function find(root: Node | null, path: Path, options: LocateOptions, text: string): number {
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

function pairOf(node: Node | null, step: string | number): Pair | null {
  if (!isMap(node)) return null;
  return node.items.find((pair) => isScalar(pair.key) && pair.key.value === String(step)) ?? null;
}

function itemOf(node: Node | null, step: string | number): Node | null {
  if (!isSeq(node) || typeof step !== 'number') return null;
  return (node.items[step] as Node | undefined) ?? null;
}

function keyOffset(pair: Pair): number {
  return (pair.key as Node).range?.[0] ?? 0;
}
