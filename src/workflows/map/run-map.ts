import { workflowInfo } from '@temporalio/workflow';
import { itemWeight } from '../../engine/item-weight.js';
import type { ItemSource } from '../../engine/map-shard.js';
import type { StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import type { OpenStage } from '../../engine/steering.js';
import { declareItemName } from '../../expressions/environment.js';
import { ERROR_TYPE } from '../../shared/names.js';
import { isHistoryLong, MOST_RUNNING } from '../history-limits.js';
import { activityOutcome, failedOutcome } from '../stage-failure.js';
import { expressionFailure } from '../stages/run-stage.js';
import type { OnStageEnd, StageRunContext, StageRunner } from '../stages/stage-context.js';
import type { HoldState } from '../steering/held-stage.js';
import { reopenHold, withHold } from '../steering/hold-layer.js';
import { mapAgain } from './held-map.js';
import { InlineMap } from './inline-map.js';
import { readPage, resolveSource } from './map-source.js';
import { ShardedMap } from './sharded-map.js';

/** Units of a map that run at once where the definition does not say. */
const DEFAULT_WINDOW = 100;

/** A map of the largest size adds some six thousand events, which must not make a history too long. */
const LATEST_EVENT = 8_000;

/** Runs a stage for each item of its map. The stage ends when the last of them has ended. */
export function runMap(stage: StagePlan, context: StageRunContext, onEnd: OnStageEnd): StageOutcome | null {
  if (stage.map !== null) declareItemName(stage.map.as);
  const source = sourceOf(stage, context);
  if ('status' in source) return source;
  if (source.type !== 'pages') return startMap(stage, source, context, onEnd);
  void readPage(stage, source, context, 1).then(
    ({ items, next }) => {
      const first: ItemSource = next === null ? { type: 'list', items } : { ...source, items, cursor: next };
      const outcome = startMap(stage, first, context, onEnd);
      if (outcome !== null) onEnd(stage, outcome);
    },
    (error: unknown) => onEnd(stage, activityOutcome(stage, error)),
  );
  return null;
}

function sourceOf(stage: StagePlan, context: StageRunContext): ItemSource | StageOutcome {
  try {
    const source = resolveSource(stage, context);
    return typeof source === 'string' ? failedOutcome(stage, ERROR_TYPE.validation, source) : source;
  } catch (error) {
    return expressionFailure(stage, error);
  }
}

function startMap(
  stage: StagePlan,
  source: ItemSource,
  context: StageRunContext,
  onEnd: OnStageEnd,
): StageOutcome | null {
  if (source.type === 'pages' || source.type === 'stream') return startSharded(stage, source, context, onEnd);
  const total = source.type === 'list' ? source.items.length : source.count;
  const work = workOf(stage, total, context);
  // Results that an earlier run kept in the store are read back for a coordinator only.
  const isKept = context.reuseItems?.[stage.id]?.parts !== undefined;
  if (isKept || !fitsHere(work, context)) return startSharded(stage, source, context, onEnd);
  context.maps.reserve(work);
  const { parallel } = itemWeight(stage, context.plan.pipelines);
  const window = Math.min(
    stage.map?.max_concurrency ?? DEFAULT_WINDOW,
    Math.floor(MOST_RUNNING / parallel) || 1,
  );
  const items = source.type === 'list' ? source.items : null;
  const ended: OnStageEnd = (_stage, outcome) => {
    context.maps.reserve(-work);
    onEnd(stage, outcome);
  };
  const outcome = new InlineMap(stage, context, { total, items, window, onEnd: ended }).start();
  if (outcome !== null) context.maps.reserve(-work);
  return outcome;
}

/** What is held of such a map is the stage as a whole: nobody would find single items in its workflows. */
function startSharded(
  stage: StagePlan,
  source: ItemSource,
  context: StageRunContext,
  onEnd: OnStageEnd,
): StageOutcome | null {
  if (stage.hold === null) return new ShardedMap(stage, context, source, onEnd).start();
  return withHold(mapAgain(source, null))(stage, context, onEnd);
}

/** Goes on with a held map whose run went on in a new history. */
export function reopenMap(
  stage: StagePlan,
  context: StageRunContext,
  options: { readonly onEnd: OnStageEnd; readonly open: OpenStage },
): void {
  if (stage.map !== null) declareItemName(stage.map.as);
  const { failure } = options.open.wait as unknown as HoldState;
  const run: StageRunner = (again, surroundings, onEnd) => {
    const source = sourceOf(again, surroundings);
    return 'status' in source ? source : mapAgain(source, failure)(again, surroundings, onEnd);
  };
  reopenHold(stage, context, { ...options, run });
}

/** About how many activities it takes. */
function workOf(stage: StagePlan, total: number, context: StageRunContext): number {
  const { activities } = itemWeight(stage, context.plan.pipelines);
  return Math.ceil(total / (stage.map?.batch_size ?? 1)) * activities;
}

/** True when the map can run to its end in this history, beside those that run in it already. */
function fitsHere(work: number, { maps }: StageRunContext): boolean {
  if (work + maps.reserved > maps.limits.inline) return work === 0;
  return !isHistoryLong() && workflowInfo().historyLength < LATEST_EVENT;
}
