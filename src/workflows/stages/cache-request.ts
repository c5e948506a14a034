import type { CachePlan } from '../../engine/stage-extras.js';
import type { Scope } from '../../expressions/scope.js';
import { resolveTemplate } from '../../expressions/template.js';
import type { CacheRequest } from '../../shared/task.js';

/** What a stage's activity has to know to look for an earlier result. */
export function cacheRequest({ key, max_age_ms }: CachePlan, scope: Scope): CacheRequest {
  return {
    ...(key === null ? {} : { key: resolveTemplate(key, scope).value }),
    ...(max_age_ms === null ? {} : { max_age_ms }),
  };
}
