import type { MapPlan } from '../../src/engine/map-plan.js';
import type { StagePlan } from '../../src/engine/plan.js';
import { aStage } from './a-plan.js';

/** A map with the loader's defaults, over the numbers 0 to 4 where nothing else is said. */
export function aMap(overrides: Partial<MapPlan> = {}): MapPlan {
  return {
    over: { type: 'range', range: 5 },
    as: 'item',
    batch_size: 1,
    whole_batch: false,
    max_concurrency: null,
    on_item_failure: { max_failures: 0, max_failure_ratio: null },
    collect: 'list',
    ...overrides,
  };
}

/** A stage that calls a function for each item. */
export function aMappedStage(
  id: string,
  uses: string,
  map: Partial<MapPlan> = {},
  overrides: Partial<StagePlan> = {},
): StagePlan {
  const action = { kind: 'uses' as const, uses, with: { n: '${{ item }}', at: '${{ index }}' } };
  return aStage(id, { action, map: aMap(map), ...overrides });
}
