import { accessField } from './access-field.js';
import { charge } from './budget.js';
import { type CelNode, type CheckNode, childNodes, type EvaluateNode } from './cel-node.js';
import { deepEqual } from './deep-equal.js';
import { addComparison, isWatched } from './margin.js';

/**
 * Gives a parsed expression the semantics people expect over JSON: one kind of number (CEL has three, and cel-js's
 * integers are BigInt), errors that say what exists, and a step budget. Works on the tree in place, once after parsing.
 */
export function adaptTree(node: CelNode): void {
  for (const child of childNodes(node)) adaptTree(child);
  // Nothing here is asynchronous; saying so spares cel-js its promise checks.
  node.setMeta('async', false);
  const alternate = node.meta.alternate;
  if (alternate !== undefined) adaptMacro(alternate);
  else if (node.op === 'value') adaptLiteral(node);
  else if (node.meta.macro === undefined) adaptOperation(node);
}

function adaptLiteral(node: CelNode): void {
  const value = node.args;
  if (value instanceof Uint8Array)
    throw new LiteralError('bytes are not supported, use a string', node.start);
  if (typeof value !== 'bigint' && !isUnsigned(value)) return;
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw new LiteralError(`${String(value)} is too large to be held exactly`, node.start);
  }
  node.args = number;
}

/** A literal that JSON cannot hold. */
export class LiteralError extends Error {
  override readonly name = 'LiteralError';
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

function adaptMacro(comprehension: CelNode): void {
  const { iterable } = comprehension.args as { readonly iterable: CelNode };
  comprehension.setMeta('evaluate', ((evaluator, node, context) => {
    const items = evaluator.run(iterable, context);
    if (typeof items === 'object' && items !== null) charge(sizeOf(items));
    return node.handle?.(items, node.args, evaluator, context);
  }) satisfies EvaluateNode);
}

function adaptOperation(node: CelNode): void {
  switch (node.op) {
    case 'call':
    case 'rcall':
      return adaptCall(node);
    case '.':
    case '[]':
      return adaptAccess(node);
    case '==':
    case '!=':
      return adaptEquality(node);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return adaptComparison(node);
    case 'in':
      return adaptMembership(node);
    case '+':
    case '/':
    case '%':
      return adaptArithmetic(node);
    case '?:':
      return adaptTernary(node);
    default:
  }
}

function adaptCall(node: CelNode): void {
  const { check, evaluate } = node.meta;
  node.setMeta('check', ((checker, self, context) => {
    const type = check(checker, self, context);
    return type.name === 'int' || type.name === 'uint' ? checker.doubleType : type;
  }) satisfies CheckNode);
  node.setMeta('evaluate', ((evaluator, self, context) =>
    adoptResult(evaluate(evaluator, self, context))) satisfies EvaluateNode);
}

function adaptAccess(node: CelNode): void {
  const { check } = node.meta;
  node.setMeta('check', tolerate(check, 'invalid_index_type'));
  const isDot = node.op === '.';
  node.setMeta('evaluate', ((evaluator, self, context) => {
    const [target, key] = self.args as readonly [CelNode, CelNode | string];
    const owner = evaluator.run(target, context);
    const name = isDot ? key : evaluator.run(key as CelNode, context);
    return accessField(owner, name, self);
  }) satisfies EvaluateNode);
}

function adaptEquality(node: CelNode): void {
  const { evaluate } = node.meta;
  const negate = node.op === '!=';
  node.setMeta('evaluate', ((evaluator, self, context) => {
    const [left, right] = operands(evaluator, self, context);
    if (isPlain(left) && isPlain(right)) return deepEqual(left, right) !== negate;
    return node.handle === undefined
      ? evaluate(evaluator, self, context)
      : node.handle(left, right, self, evaluator);
  }) satisfies EvaluateNode);
}

function adaptComparison(node: CelNode): void {
  const { evaluate } = node.meta;
  node.setMeta('evaluate', ((evaluator, self, context) => {
    // Operands have no effect, so that reading them once more changes nothing.
    if (isWatched()) addComparison(self.op, ...operands(evaluator, self, context));
    return evaluate(evaluator, self, context);
  }) satisfies EvaluateNode);
}

function adaptMembership(node: CelNode): void {
  node.setMeta('evaluate', ((evaluator, self, context) => {
    const [left, right] = operands(evaluator, self, context);
    if (Array.isArray(right)) {
      charge(right.length);
      return right.some((item) => deepEqual(left, item));
    }
    return node.handle?.(left, right, self, evaluator);
  }) satisfies EvaluateNode);
}

function adaptArithmetic(node: CelNode): void {
  const { evaluate } = node.meta;
  const divides = node.op !== '+';
  node.setMeta('evaluate', ((evaluator, self, context) => {
    const value = evaluate(evaluator, self, context);
    if (typeof value === 'string') charge(value.length / 64);
    else if (Array.isArray(value)) charge(value.length);
    else if (divides && typeof value === 'number' && !Number.isFinite(value))
      throw new Error('division by zero');
    return adoptResult(value);
  }) satisfies EvaluateNode);
}

function adaptTernary(node: CelNode): void {
  node.setMeta('check', tolerate(node.meta.check, 'incompatible_ternary_branches'));
}

/** Lets one kind of type error pass: the values decide when the expression runs. */
function tolerate(check: CheckNode, code: string): CheckNode {
  return (checker, node, context) => {
    try {
      return check(checker, node, context);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === code) return checker.dynType;
      throw error;
    }
  };
}

function operands(
  evaluator: Parameters<EvaluateNode>[0],
  node: CelNode,
  context: unknown,
): readonly [unknown, unknown] {
  const [left, right] = node.args as readonly [CelNode, CelNode];
  return [evaluator.run(left, context), evaluator.run(right, context)];
}

function adoptResult(value: unknown): unknown {
  if (typeof value === 'bigint' || isUnsigned(value)) return Number(value);
  // Temporal's sandbox replaces the global Date, and cel-js finds a value's type by its constructor.
  if (value instanceof Date && value.constructor !== Date)
    Object.defineProperty(value, 'constructor', { value: Date });
  return value;
}

/** CEL's unsigned integers; the library does not export their class, but tags it. */
function isUnsigned(value: unknown): boolean {
  return typeof value === 'object' && Object.prototype.toString.call(value).startsWith('[object value = ');
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object') return true;
  return (
    value === null || Array.isArray(value) || Object.prototype.toString.call(value) === '[object Object]'
  );
}

function sizeOf(items: object): number {
  return Array.isArray(items) ? items.length : Object.keys(items).length;
}
