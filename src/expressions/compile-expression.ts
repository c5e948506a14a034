import { adaptTree, LiteralError } from './adapt-tree.js';
import { AccessError } from './access-field.js';
import { resetBudget } from './budget.js';
import { type CelNode, childNodes } from './cel-node.js';
import { describeCelError } from './describe-cel-error.js';
import { celEnvironment, isItemName, MAX_EXPRESSION_LENGTH } from './environment.js';
import { ExpressionError } from './expression-error.js';
import { ROOT_NAMES, type Scope } from './scope.js';
import { toJson } from './to-json.js';
import type { Json } from '../shared/json.js';

/** A parsed and type-checked expression, ready to run. */
export type CompiledExpression = {
  readonly tree: CelNode;
  /** CEL's name of the type it gives; `dyn` when only the values tell. */
  readonly type: string;
  run(scope: Scope): Json;
};

// Each cached run of a workflow has a cache of its own, so it stays small.
const MAX_CACHED = 500;
const cache = new Map<string, CompiledExpression>();

/** Parses and checks an expression once; later calls with the same text are free. Throws {@link ExpressionError}. */
export function compileExpression(source: string): CompiledExpression {
  const known = cache.get(source);
  if (known !== undefined) return known;
  const compiled = compile(source);
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(source, compiled);
  return compiled;
}

function compile(source: string): CompiledExpression {
  if (source.trim() === '') throw new ExpressionError('it is empty', source, 0);
  if (source.length > MAX_EXPRESSION_LENGTH) {
    const limit = `it has ${source.length} characters, the limit is ${MAX_EXPRESSION_LENGTH}`;
    throw new ExpressionError(limit, source, null);
  }
  try {
    const parsed = celEnvironment().parse(source);
    const tree = parsed.ast as unknown as CelNode;
    adaptTree(tree);
    const checked = parsed.check();
    if (!checked.valid) throw checked.error ?? new Error('it has no valid type');
    const convert = givesOnlyJson(tree) ? (value: unknown) => value as Json : toJson;
    return { tree, type: checked.type ?? 'dyn', run: (scope) => run(source, () => convert(parsed(scope))) };
  } catch (error) {
    throw wrap(error, source);
  }
}

function run(source: string, evaluate: () => Json): Json {
  resetBudget();
  try {
    return evaluate();
  } catch (error) {
    throw wrap(error, source);
  }
}

/** True when the result can only be a part of the scope or a JSON literal, so that it needs no conversion. */
function givesOnlyJson(node: CelNode): boolean {
  if (!JSON_OPS.has(node.op) || node.meta.alternate !== undefined) return false;
  return (node.op !== 'id' || isScopeName(node.args)) && childNodes(node).every(givesOnlyJson);
}

const JSON_OPS = new Set([
  'value',
  'id',
  '.',
  '[]',
  '?:',
  '||',
  '&&',
  '!_',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'in',
]);
const SCOPE_NAMES = new Set<unknown>(ROOT_NAMES);

function isScopeName(name: unknown): boolean {
  return SCOPE_NAMES.has(name) || (typeof name === 'string' && isItemName(name));
}

function wrap(error: unknown, source: string): ExpressionError {
  if (error instanceof ExpressionError) return error;
  if (error instanceof AccessError || error instanceof LiteralError) {
    return new ExpressionError(error.message, source, error.offset);
  }
  if (error instanceof RangeError) return new ExpressionError('it is nested too deeply', source, null);
  const { reason, offset } = describeCelError(error);
  return new ExpressionError(reason, source, offset);
}
