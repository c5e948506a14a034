import type { Json } from '../shared/json.js';
import { compileExpression } from './compile-expression.js';
import { ExpressionError } from './expression-error.js';
import type { Scope } from './scope.js';

/** Evaluates bare CEL. Throws {@link ExpressionError}. */
export function evaluate(source: string, scope: Scope): Json {
  return compileExpression(source).run(scope);
}

/** Evaluates a condition. Anything but true or false is an {@link ExpressionError}. */
export function evaluateCondition(source: string, scope: Scope): boolean {
  const value = evaluate(source, scope);
  if (typeof value === 'boolean') return value;
  const shown = JSON.stringify(value);
  const short = shown.length > 80 ? `${shown.slice(0, 77)}…` : shown;
  throw new ExpressionError(
    `condition gave \`${short}\` (${typeName(value)}), expected true or false`,
    source,
    null,
  );
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}
