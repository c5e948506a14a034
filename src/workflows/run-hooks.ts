import type { HookName, StagePlan } from '../engine/plan.js';
import type { RunEndStatus } from '../engine/result.js';
import type { StageOutcome, StageRecord } from '../engine/stage-record.js';
import { evaluateCondition } from '../expressions/evaluate.js';
import type { Scope } from '../expressions/scope.js';
import type { StageRunContext, StageRunner } from './stages/stage-context.js';
import { expressionFailure } from './stages/run-stage.js';

/** What stages after the end see of the run. */
export type HookContext = Omit<StageRunContext, 'scope' | 'mark'> & {
  readonly status: RunEndStatus;
  /** How stages are started where it is not the usual way. */
  readonly start?: StageRunner;
};

/** The stages that run after the end, in order. `finally` also runs after a cancellation. */
export function hooksFor(
  hooks: Readonly<Record<HookName, readonly StagePlan[]>>,
  status: RunEndStatus,
): readonly StagePlan[] {
  if (status === 'succeeded') return [...hooks.on_success, ...hooks.finally];
  return status === 'cancelled' ? hooks.finally : [...hooks.on_failure, ...hooks.finally];
}

/** Runs one hook to its end and shows each of its states. A failure stays its own. */
export async function runHook(
  stage: StagePlan,
  context: HookContext,
  show: (record: StageRecord) => void,
): Promise<void> {
  const scope = context.memory.hookScope(context.status);
  const running: StageRecord = {
    plan: stage,
    wave: 1,
    status: 'running',
    startedAt: Date.now(),
    endedAt: null,
    outcome: null,
  };
  show(running);
  const outcome =
    refusal(stage, scope) ??
    (await outcomeOf(stage, context.start ?? context.launch, {
      ...context,
      scope,
      mark: (_stage, status, wait) => show({ ...running, status, outcome: wait?.outcome ?? null }),
    }));
  const ended = { ...running, status: outcome.status, endedAt: Date.now(), outcome };
  context.memory.remember(ended);
  show(ended);
}

function outcomeOf(stage: StagePlan, start: StageRunner, context: StageRunContext): Promise<StageOutcome> {
  return new Promise((resolve) => {
    const atOnce = start(stage, context, (_stage, outcome) => resolve(outcome));
    if (atOnce !== null) resolve(atOnce);
  });
}

function refusal(stage: StagePlan, scope: Scope): StageOutcome | null {
  if (!stage.enabled) return { status: 'skipped', skip_reason: 'disabled' };
  if (stage.condition === null) return null;
  try {
    return evaluateCondition(stage.condition, scope) ? null : { status: 'skipped', skip_reason: 'condition' };
  } catch (error) {
    return expressionFailure(stage, error);
  }
}
