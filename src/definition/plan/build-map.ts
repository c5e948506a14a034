import type { ItemFailurePolicy, MapPlan, MapSource } from '../../engine/map-plan.js';
import type { StageAction } from '../../engine/plan.js';
import { hasExpression, inspectExpression, splitTemplate } from '../../expressions/inspect.js';
import { forEachString } from '../check/check-template.js';
import type { MapDefinition } from '../schema/map-schema.js';

/** The fan-out of a stage whose definition has no errors. */
export function buildMap(map: MapDefinition | undefined, action: StageAction): MapPlan | null {
  if (map === undefined) return null;
  return {
    over: buildSource(map.over),
    as: map.as ?? 'item',
    batch_size: map.batch_size ?? 1,
    whole_batch: readsBatch(action),
    max_concurrency: map.max_concurrency ?? null,
    on_item_failure: buildPolicy(map.on_item_failure ?? 'fail'),
    collect: map.collect ?? 'list',
  };
}

function buildSource(over: MapDefinition['over']): MapSource {
  if (typeof over === 'string' || Array.isArray(over)) return { type: 'list', list: over };
  if ('range' in over) return { type: 'range', range: over.range };
  if ('stream' in over) return { type: 'stream', stage: over.stream };
  return { type: 'pages', uses: over.uses, with: over.with ?? {} };
}

function buildPolicy(policy: NonNullable<MapDefinition['on_item_failure']>): ItemFailurePolicy {
  if (policy === 'continue') return { max_failures: null, max_failure_ratio: null };
  if (policy === 'fail') return { max_failures: 0, max_failure_ratio: null };
  return { max_failures: policy.max_failures ?? null, max_failure_ratio: policy.max_failure_ratio ?? null };
}

/** True when an expression of the action reads the list of items that travel together. */
function readsBatch(action: StageAction): boolean {
  let found = false;
  forEachString(action, [], hasExpression, (text) => {
    for (const part of splitTemplate(text).parts ?? []) {
      if (part.type !== 'expression') continue;
      found ||= inspectExpression(part.source).names?.some((use) => use.root === 'batch') ?? false;
    }
  });
  return found;
}
