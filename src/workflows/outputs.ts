import type { Plan } from '../engine/plan.js';
import type { StageError } from '../engine/result.js';
import type { StageRecord } from '../engine/stage-record.js';
import type { Scope } from '../expressions/scope.js';
import { resolveTemplate } from '../expressions/template.js';
import type { Json, JsonObject } from '../shared/json.js';
import { ERROR_TYPE } from '../shared/names.js';

type ResolvedOutputs = {
  readonly outputs: JsonObject;
  readonly error: StageError | null;
  readonly notes: readonly string[];
};

/**
 * The outputs of a run whose stages succeeded. One that reads a stage that was skipped or failed is null, with a note;
 * one that cannot be computed although every stage ran is an error of the definition and fails the run.
 */
export function resolveOutputs(plan: Plan, scope: Scope, records: Iterable<StageRecord>): ResolvedOutputs {
  const outputs: Record<string, Json> = {};
  const notes: string[] = [];
  const isWhole = [...records].every(({ status }) => status === 'succeeded' || status === 'reused');
  for (const [name, template] of Object.entries(plan.outputs)) {
    try {
      outputs[name] = resolveTemplate(template, scope).value;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ExpressionError') throw error;
      const message = `output "${name}" cannot be computed: ${error.message}`;
      if (isWhole) return { outputs, error: { type: ERROR_TYPE.expression, message, stage: '' }, notes };
      outputs[name] = null;
      notes.push(message);
    }
  }
  return { outputs, error: null, notes };
}
