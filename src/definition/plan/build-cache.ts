import type { CachePlan } from '../../engine/stage-extras.js';
import { parseDuration } from '../../shared/duration.js';
import type { StageDefinition } from '../schema/stage-schema.js';

/** What `cache` says; null where nothing is reused. */
export function buildCache(cache: StageDefinition['cache']): CachePlan | null {
  if (cache === undefined || cache === false) return null;
  if (cache === true) return { key: null, max_age_ms: null };
  return {
    key: cache.key ?? null,
    max_age_ms: cache.max_age === undefined ? null : parseDuration(cache.max_age),
  };
}
