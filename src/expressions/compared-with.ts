import { type CelNode, childNodes, isCelNode } from './cel-node.js';
import { compileExpression } from './compile-expression.js';

const COMPARISONS = new Set(['<', '<=', '>', '>=', '==', '!=']);

/**
 * The numbers that an expression compares a name with, written out. Where it reads the name in no other way, its truth
 * changes at these numbers only. Throws an ExpressionError.
 */
export function comparedWith(source: string, name: string): readonly number[] {
  const found = new Set<number>();
  collect(compileExpression(source).tree, name, found);
  return [...found].sort((a, b) => a - b);
}

function collect(node: CelNode, name: string, found: Set<number>): void {
  if (COMPARISONS.has(node.op) && Array.isArray(node.args)) {
    const [left, right] = node.args as readonly unknown[];
    const value = isName(left, name) ? numberIn(right) : isName(right, name) ? numberIn(left) : null;
    if (value !== null) found.add(value);
  }
  for (const child of childNodes(node)) collect(child, name, found);
}

function isName(node: unknown, name: string): boolean {
  return isCelNode(node) && node.op === 'id' && node.args === name;
}

function numberIn(node: unknown): number | null {
  if (!isCelNode(node) || node.op !== 'value') return null;
  return typeof node.args === 'number' || typeof node.args === 'bigint' ? Number(node.args) : null;
}
