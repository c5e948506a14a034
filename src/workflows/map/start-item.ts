import type { StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import type { Scope } from '../../expressions/scope.js';
import type { Json } from '../../shared/json.js';
import { fallbackEnd } from '../stages/fallback.js';
import { startStage } from '../stages/run-stage.js';
import type { OnStageEnd, StageRunContext } from '../stages/stage-context.js';
import { runItemPipeline } from './item-pipeline.js';

/** One item of a map, or a batch of them whose expressions read `batch`. */
export type ItemAt = {
  /** Position of the item, or of the first one of the batch. */
  readonly index: number;
  readonly item?: Json;
  readonly batch?: readonly Json[];
};

/**
 * Runs the action of a mapped stage for one item: everything that goes for a stage of its own (pools, hold, fallback)
 * goes for the item; a pipeline runs in this workflow instead of one of its own. What runs is a stage with the ID `STAGE.INDEX` and with `item` set, so a runner can tell; its
 * scope knows the item. Outcomes and the callback are those of a {@link StageRunner}.
 */
export function startItem(
  stage: StagePlan,
  at: ItemAt,
  context: StageRunContext,
  onEnd: OnStageEnd,
): StageOutcome | null {
  return startStage(
    itemStage(stage, at.index),
    { ...context, scope: itemScope(context.scope, stage, at), runPipeline: runItemPipeline },
    onEnd,
  );
}

/** Ends an item as somebody decided; one that failed, by the fallback of its stage. */
export function endItem(
  stage: StagePlan,
  at: ItemAt,
  ended: {
    readonly outcome: StageOutcome;
    readonly context: StageRunContext;
    readonly onEnd: OnStageEnd;
  },
): StageOutcome | null {
  const { fallback } = stage;
  if (fallback === null) return ended.outcome;
  const context = { ...ended.context, scope: itemScope(ended.context.scope, stage, at) };
  fallbackEnd(fallback, context, ended.onEnd)(itemStage(stage, at.index), ended.outcome);
  return null;
}

/** The stage that runs one item. */
export function itemStage(stage: StagePlan, index: number): StagePlan {
  return { ...stage, id: `${stage.id}.${index}`, map: null, item: { stage: stage.id, index } };
}

/** What the expressions of one item see. */
function itemScope(scope: Scope, stage: StagePlan, { index, item, batch }: ItemAt): Scope {
  if (batch !== undefined) return { ...scope, index, batch };
  return { ...scope, index, [stage.map?.as ?? 'item']: item };
}
