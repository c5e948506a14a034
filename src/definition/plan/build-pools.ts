import type { Plan, StagePlan } from '../../engine/plan.js';
import type { PoolSpec } from '../../engine/stage-extras.js';
import { parseDuration } from '../../shared/duration.js';
import type { StageCatalog } from '../catalog.js';
import { allStages, type Draft, type StageEntry } from '../draft.js';
import type { HeaderDefinition } from '../schema/header-schema.js';

type PoolKey = StageEntry['data']['pool'];
type PoolDefinition = NonNullable<HeaderDefinition['pools']>[string];

/** The pools that a stage names, each with what it wants of it. */
export function poolUses(pool: PoolKey): StagePlan['pools'] {
  if (pool === undefined) return [];
  const uses = typeof pool === 'object' && Array.isArray(pool) ? pool : [pool];
  return uses.map((use) =>
    typeof use === 'string'
      ? { pool: use, slots: 1, key: null }
      : { pool: use.name, slots: use.slots ?? 1, key: use.key ?? null },
  );
}

/** Settings of a pool as the plan has them. */
export function poolSpec({ slots, rate }: PoolDefinition): PoolSpec {
  return {
    slots: slots ?? null,
    rate: rate === undefined ? null : { limit: rate.limit, per_ms: parseDuration(rate.per) ?? 0 },
  };
}

/** Settings of the pools that stages of a definition use, from the definition itself or from the configuration. */
export function buildPools(draft: Draft, catalog: StageCatalog | null): Plan['pools'] {
  const used = new Set(allStages(draft).flatMap(({ data }) => poolUses(data.pool).map(({ pool }) => pool)));
  const specs = [...used].flatMap((name): Array<[string, PoolSpec]> => {
    const own = draft.header.pools?.[name];
    const spec = own === undefined ? catalog?.pools?.get(name) : poolSpec(own);
    return spec === undefined ? [] : [[name, spec]];
  });
  return Object.fromEntries(specs);
}

/** What a definition says about its runs beside others. */
export function buildPriority({ priority, fairness }: HeaderDefinition): Pick<Plan, 'priority' | 'fairness'> {
  return {
    ...(priority === undefined ? {} : { priority }),
    ...(fairness === undefined
      ? {}
      : { fairness: { key: fairness.key ?? null, weight: fairness.weight ?? null } }),
  };
}
