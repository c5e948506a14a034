import { assertNever } from '../shared/assert-never.js';
import type { RunWhen, StagePlan } from './plan.js';
import type { StageRecord } from './stage-record.js';

/**
 * Why a run starts no more stages:
 * - `failed`: a stage failed and the policy is `fail_fast`.
 * - `timed_out`: the run went past its timeout.
 * - `cancelled`: someone cancelled it; running stages are cancelled too.
 * - `after_wave`: someone cancelled it; running stages may end.
 */
export type StopReason = 'failed' | 'timed_out' | 'cancelled' | 'after_wave';

/**
 * What becomes of a stage whose dependencies have all ended, before its condition is looked at. `condition` here
 * means that its `run_when` chose not to run it: nothing failed for `any_failed`, say.
 */
export type Verdict = 'run' | 'disabled' | 'mode' | 'condition' | 'upstream' | 'cancelled';

export type VerdictContext = {
  readonly isSelected: boolean;
  readonly stopped: StopReason | null;
  readonly dependencies: readonly StageRecord[];
};

/** Decides by `enabled`, the mode, `run_when` and whether the run was stopped. */
export function verdictOf(stage: StagePlan, context: VerdictContext): Verdict {
  const { dependencies, stopped } = context;
  if (!stage.enabled) return 'disabled';
  if (!context.isSelected) return 'mode';
  const refusal = refusalOf(stage, dependencies);
  if (refusal !== null) return refusal;
  if (stopped === null || runsAfterStop(stage.run_when, stopped)) return 'run';
  return blockage(dependencies) ?? 'cancelled';
}

/** Whether stages with this `run_when` still run, or go on running, after the run was stopped. */
export function runsAfterStop(runWhen: RunWhen, stopped: StopReason): boolean {
  if (runWhen === 'always') return true;
  return stopped === 'failed' && (runWhen === 'any_failed' || runWhen === 'all_done');
}

/** True for a failure, whether or not the definition tolerates it. */
export function hasFailed(record: StageRecord): boolean {
  return record.status === 'failed' || record.status === 'timed_out';
}

function refusalOf(stage: StagePlan, dependencies: readonly StageRecord[]): Verdict | null {
  switch (stage.run_when) {
    case 'all_succeeded':
      return blockage(dependencies);
    case 'all_done':
    case 'always':
      return null;
    case 'any_succeeded':
      if (dependencies.length === 0 || dependencies.some(hasSucceeded)) return null;
      return blockage(dependencies) ?? 'condition';
    case 'any_failed':
      return dependencies.some((record) => hasFailed(record) || isSkippedUpstream(record))
        ? null
        : 'condition';
    default:
      return assertNever(stage.run_when);
  }
}

/** Why dependencies keep an `all_succeeded` stage from running. What was skipped by choice counts as done. */
function blockage(dependencies: readonly StageRecord[]): 'upstream' | 'cancelled' | null {
  const failed = dependencies.some(
    (record) => isSkippedUpstream(record) || (hasFailed(record) && !record.plan.continue_on_error),
  );
  if (failed) return 'upstream';
  return dependencies.some((record) => record.status === 'cancelled') ? 'cancelled' : null;
}

function isSkippedUpstream(record: StageRecord): boolean {
  return record.outcome?.skip_reason === 'upstream';
}

function hasSucceeded(record: StageRecord): boolean {
  return record.status === 'succeeded' || record.status === 'reused';
}
