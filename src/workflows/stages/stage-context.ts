import type { Plan, StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import type { Scope } from '../../expressions/scope.js';
import type { DispatchBudget } from '../dispatch-budget.js';
import type { RunMemory } from '../run-memory.js';

/** What the runner of a stage kind gets. */
export type StageRunContext = {
  readonly plan: Plan;
  readonly memory: RunMemory;
  readonly scope: Scope;
  readonly budget: DispatchBudget;
};

/**
 * Runs a stage to its end. Failures are outcomes; it throws only before anything was scheduled, when an expression
 * cannot be evaluated.
 */
export type StageRunner = (
  stage: StagePlan,
  context: StageRunContext,
) => StageOutcome | Promise<StageOutcome>;
