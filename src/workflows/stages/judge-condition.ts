import type { StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import { evaluateCondition } from '../../expressions/evaluate.js';
import type { Scope } from '../../expressions/scope.js';
import { valuesRead } from '../../expressions/values-read.js';
import type { Json, JsonObject } from '../../shared/json.js';
import { expressionFailure } from './run-stage.js';

/** What keeps a stage from running whose turn has come: a condition that is false or cannot be evaluated; else null. */
export function judgeCondition(stage: StagePlan, scope: Scope): StageOutcome | null {
  if (stage.condition === null) return null;
  try {
    return evaluateCondition(stage.condition, scope) ? null : skipped(stage.condition, scope);
  } catch (error) {
    return { ...expressionFailure(stage, error), attempts: 0 };
  }
}

/** Says which values kept the stage from running. */
function skipped(condition: string, scope: Scope): StageOutcome {
  const values = Object.entries(valuesRead(condition, scope)).map(([name, value]) => [name, brief(value)]);
  return {
    status: 'skipped',
    skip_reason: 'condition',
    skip_detail: { condition, values: Object.fromEntries(values) as JsonObject },
  };
}

/** The result of a run is no place for whole outputs of others. */
function brief(value: Json): Json {
  const size = JSON.stringify(value).length;
  return size <= 500 ? value : `(${size} characters of JSON)`;
}
