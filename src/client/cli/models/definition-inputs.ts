import type { Plan } from '../../../engine/plan.js';
import { UsageError } from '../errors.js';

/** Whether a definition that a command starts takes an input. */
export function takes(plan: Plan, name: string): boolean {
  return Object.hasOwn(plan.inputs, name);
}

/** Throws a {@link UsageError} where the definition does not take an input; `why` ends its sentence. */
export function requireInput(plan: Plan, name: string, why: string): void {
  if (takes(plan, name)) return;
  throw new UsageError(`Pipeline "${plan.pipeline}" takes no input "${name}", ${why}.`, {
    hint: `Add it to the \`inputs\` of the definition. It takes: ${Object.keys(plan.inputs).join(', ') || 'none'}.`,
  });
}
