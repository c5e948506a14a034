import type { StageResult } from '../../engine/result.js';
import type { Scope, StageScope } from '../../expressions/scope.js';
import type { Json } from '../../shared/json.js';
import { NO_PARTITION } from '../../shared/partition.js';
import type { EarlierRun, NextRun } from './verdict.js';

/** `stages.ID` of a stage that was left out. */
export const SKIPPED: StageScope = { output: null, status: 'skipped', metrics: {}, error: null };

export type Shared = Pick<Scope, 'state' | 'metrics'>;
export const NOTHING_SHARED: Shared = { state: {}, metrics: {} };

/** `stages` of a run, as its expressions saw it. */
export function stageScopes(run: EarlierRun): Readonly<Record<string, StageScope>> {
  return Object.fromEntries(run.order.map((id) => [id, scopeOf(run.stages[id])] as const));
}

/** State and counters of the run when a stage began: what those that ended before it gave. */
export function sharedBefore(run: EarlierRun, id: string): Shared {
  const state: Record<string, Json> = {};
  const metrics: Record<string, number> = {};
  for (const earlier of run.order) {
    if (earlier === id) break;
    const result = run.stages[earlier];
    Object.assign(state, result?.state);
    if (result?.kind === 'pipeline') continue;
    for (const [name, amount] of Object.entries(result?.metrics ?? {}))
      metrics[name] = (metrics[name] ?? 0) + amount;
  }
  return { state, metrics };
}

/** What the expressions of a stage see. The facts of the run are those of `earlier` where they would be new. */
export function scopeIn(
  run: NextRun,
  earlier: EarlierRun,
  seen: { readonly stages: Readonly<Record<string, StageScope>>; readonly shared: Shared },
): Scope {
  const { inputs, variables, plan, mode } = run;
  const { version, pipeline } = plan;
  return {
    inputs,
    variables,
    stages: seen.stages,
    ...seen.shared,
    run: {
      ...earlier.facts,
      partition: earlier.facts.partition ?? NO_PARTITION,
      version,
      pipeline,
      mode,
      attempt: 1,
    },
  };
}

function scopeOf(result: StageResult | undefined): StageScope {
  if (result === undefined) return SKIPPED;
  const { status, kind, metrics, error, fallback } = result;
  const output = status === 'failed' && kind !== 'gate' ? null : result.output;
  const isTakenOver = status === 'reused' && fallback === undefined;
  return { output, status: isTakenOver ? 'succeeded' : status, metrics, error };
}
