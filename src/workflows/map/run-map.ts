import { workflowInfo } from '@temporalio/workflow';
import { itemWeight } from '../../engine/item-weight.js';
import type { ItemSource } from '../../engine/map-shard.js';
import type { StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import { declareItemName } from '../../expressions/environment.js';
import type { Json } from '../../shared/json.js';
import { ERROR_TYPE } from '../../shared/names.js';
import { isHistoryLong, MOST_RUNNING } from '../history-limits.js';
import { activityOutcome, failedOutcome } from '../stage-failure.js';
import { expressionFailure } from '../stages/run-stage.js';
import type { OnStageEnd, StageRunContext } from '../stages/stage-context.js';
import { InlineMap } from './inline-map.js';
import { readPage, resolveSource } from './map-source.js';

/** Units of a map that run at once where the definition does not say. */
const DEFAULT_WINDOW = 100;

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
    const source = resolveSource(stage, context.scope);
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
  const window = Math.min(stage.map?.max_concurrency ?? DEFAULT_WINDOW, MOST_RUNNING);
  if (source.type === 'pages') return failedOutcome(stage, ERROR_TYPE.validation, 'not yet');
  const total = source.type === 'list' ? source.items.length : source.count;
  const items: readonly Json[] | null = source.type === 'list' ? source.items : null;
  return new InlineMap(stage, context, { total, items, window, onEnd }).start();
}

export function isSmall(stage: StagePlan, total: number, context: StageRunContext): boolean {
  const { activities } = itemWeight(stage, context.plan.pipelines);
  const work = Math.ceil(total / (stage.map?.batch_size ?? 1)) * activities;
  const { limits, reserved } = context.maps;
  if (work + reserved > limits.inline || isHistoryLong()) return false;
  return workflowInfo().historyLength < 8_000;
}
