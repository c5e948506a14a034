import { type CelNode, childNodes, isCelNode } from './cel-node.js';
import { compileExpression } from './compile-expression.js';
import { ExpressionError } from './expression-error.js';

export { hasExpression, splitTemplate } from './split-template.js';

/** One use of a name such as `stages.train.output`, with the literal keys that follow it. */
export type NameUse = {
  readonly root: string;
  readonly offset: number;
  readonly path: readonly PathStep[];
  /** True when a computed key follows the path, as in `stages[inputs.which]`. */
  readonly computed: boolean;
};

export type PathStep = { readonly name: string; readonly offset: number };

export type InspectedExpression =
  | { readonly names: readonly NameUse[]; readonly type: string; readonly problem: null }
  | { readonly names: null; readonly type: null; readonly problem: ExpressionProblem };

export type ExpressionProblem = { readonly message: string; readonly offset: number };

/** Parses and type-checks an expression without running it, and lists the names it uses, in source order. */
export function inspectExpression(source: string): InspectedExpression {
  try {
    const { tree, type } = compileExpression(source);
    const names: NameUse[] = [];
    collect(tree, new Set(), names);
    return { names, type, problem: null };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { names: null, type: null, problem: { message: error.reason, offset: error.offset ?? 0 } };
  }
}

type Names = ReadonlySet<string>;

function collect(node: CelNode, bound: Names, found: NameUse[]): void {
  if (node.op === 'id' || node.op === '.' || node.op === '[]') return collectAccess(node, bound, found);
  const macro = macroParts(node);
  if (macro === null) {
    for (const child of childNodes(node)) collect(child, bound, found);
    return;
  }
  collect(macro.receiver, bound, found);
  const inner = new Set(bound).add(macro.variable);
  for (const child of macro.bodies) collect(child, inner, found);
}

function collectAccess(node: CelNode, bound: Names, found: NameUse[]): void {
  const path: PathStep[] = [];
  const rest: CelNode[] = [];
  let computed = false;
  let at = node;
  while (at.op === '.' || at.op === '[]') {
    const [target, key] = at.args as readonly [CelNode, CelNode | string];
    const step = literalStep(at, key);
    if (step === null) {
      path.length = 0;
      computed = true;
    } else path.unshift(step);
    if (isCelNode(key)) rest.push(key);
    at = target;
  }
  if (at.op !== 'id') collect(at, bound, found);
  else if (typeof at.args === 'string' && !bound.has(at.args)) {
    found.push({ root: at.args, offset: at.start, path, computed });
  }
  for (const key of rest.reverse()) collect(key, bound, found);
}

function literalStep(node: CelNode, key: CelNode | string): PathStep | null {
  if (typeof key === 'string') return { name: key, offset: node.pos };
  return key.op === 'value' && typeof key.args === 'string' ? { name: key.args, offset: key.start } : null;
}

/** `list.map(x, …)` and its like bind their first argument's name inside the others. */
function macroParts(
  node: CelNode,
): { receiver: CelNode; variable: string; bodies: readonly CelNode[] } | null {
  if (node.op !== 'rcall' || (node.meta.alternate === undefined && node.meta.macro === undefined))
    return null;
  const [, receiver, [variable, ...bodies]] = node.args as readonly [string, CelNode, readonly CelNode[]];
  return variable === undefined ? null : { receiver, variable: String(variable.args), bodies };
}
