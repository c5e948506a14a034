import type { StagePlan } from '../engine/plan.js';
import { BARE_ACTION } from '../engine/stage-defaults.js';
import type { StageRecord } from '../engine/stage-record.js';
import { type HookContext, runHook } from './run-hooks.js';

/**
 * Takes back what succeeded, the last that ended first. The failure of one keeps none of the others from running.
 * What was reused did not happen in this run, so it is left alone, but for what an earlier run left over. `undone` gets
 * how each went, by stage.
 */
export async function undoAll(
  ended: readonly StageRecord[],
  context: HookContext,
  {
    undone = new Map(),
    leftOver = [],
  }: { readonly undone?: Map<string, StageRecord>; readonly leftOver?: readonly string[] } = {},
): Promise<void> {
  for (const { plan, status } of ended.toReversed()) {
    const isOurs = status === 'succeeded' || (status === 'reused' && leftOver.includes(plan.id));
    const undo = isOurs ? undoStage(plan) : null;
    if (undo !== null) await runHook(undo, context, (record) => undone.set(plan.id, record));
  }
}

/** The undoing of a stage as a stage of its own, with the limits and retries of the one it undoes. */
function undoStage(stage: StagePlan): StagePlan | null {
  if (stage.undo === null) return null;
  return {
    ...stage,
    ...BARE_ACTION,
    id: `${stage.id}.undo`,
    name: `Undo ${stage.name}`,
    action: stage.undo.action,
  };
}
