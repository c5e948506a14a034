import { celTextOf, isExpr } from './expr.js';

/** What a definition says for a value: `${{ CEL }}` in the place of each expression. */
export function toValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isExpr(value)) return value.toString();
  if (Array.isArray(value)) return value.map((item) => toValue(item));
  // What has no JSON form is told of when the definition is loaded.
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toValue(item)]));
}

/** What a definition says where it takes bare CEL. */
export function toBare(value: unknown): unknown {
  return celTextOf(value)?.text ?? value;
}
