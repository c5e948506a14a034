import type { StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import { evaluateCondition } from '../../expressions/evaluate.js';
import type { Scope } from '../../expressions/scope.js';
import { expressionFailure } from './run-stage.js';

/** What keeps a stage from running whose turn has come: a condition that is false or cannot be evaluated; else null. */
export function judgeCondition(stage: StagePlan, scope: Scope): StageOutcome | null {
  if (stage.condition === null) return null;
  try {
    return evaluateCondition(stage.condition, scope) ? null : { status: 'skipped', skip_reason: 'condition' };
  } catch (error) {
    return { ...expressionFailure(stage, error), attempts: 0 };
  }
}
