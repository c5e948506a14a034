import type { HookName, StagePlan } from '../engine/plan.js';
import type { RunEndStatus } from '../engine/result.js';
import type { RunJournal } from '../engine/run-journal.js';
import type { StageOutcome, StageRecord } from '../engine/stage-record.js';
import type { Scope } from '../expressions/scope.js';
import type { StageRunContext, StageRunner } from './stages/stage-context.js';
import { judgeCondition } from './stages/judge-condition.js';

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

/** One after the other, in the order of the file; the failure of one keeps none of the others from running. `records` gets each. */
export async function runHooks(
  hooks: readonly StagePlan[],
  context: HookContext,
  records: StageRecord[],
): Promise<void> {
  for (const stage of hooks) {
    const index = records.length;
    await runHook(stage, context, (record) => {
      tell(record, records[index], context.journal);
      records[index] = record;
    });
  }
}

function tell(record: StageRecord, before: StageRecord | undefined, journal: RunJournal | undefined): void {
  if (journal === undefined) return;
  if (record.endedAt !== null) journal.ended(record);
  else if (before === undefined) journal.started([record.plan]);
  else if (before.status !== record.status) journal.changed(record);
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
  return judgeCondition(stage, scope);
}
