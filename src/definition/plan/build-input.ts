import type { InputSpec } from '../../engine/plan.js';
import type { InputDefinition } from '../schema/input-schema.js';

/** An input, or a field of an approval, that has been checked. */
export function buildInput(input: InputDefinition): InputSpec {
  return { ...(input as Omit<InputSpec, 'required'>), required: input.required ?? false };
}
