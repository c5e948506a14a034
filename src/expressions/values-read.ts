import type { Json } from '../shared/json.js';
import { evaluate } from './evaluate.js';
import { inspectExpression } from './inspect.js';
import type { Scope } from './scope.js';

/** The values of the names that an expression reads, by name. One that cannot be read is left out. */
export function valuesRead(source: string, scope: Scope): { readonly [name: string]: Json } {
  const inspected = inspectExpression(source);
  const values: Record<string, Json> = {};
  if (inspected.problem !== null) return values;
  for (const use of inspected.names) {
    const name = pathText([use.root, ...use.path.map((step) => step.name)]);
    try {
      values[name] = evaluate(name, scope);
    } catch {
      continue;
    }
  }
  return values;
}

function pathText(path: readonly string[]): string {
  return path
    .map((part, index) =>
      index === 0 ? part : /^[A-Za-z_]\w*$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`,
    )
    .join('');
}
