import { createHash } from 'node:crypto';
import { isJsonObject, type Json } from '../../shared/json.js';
import type { StageTask } from '../../shared/task.js';

/** The code behind a stage, as far as its result depends on it. */
export type Implementation =
  | { readonly kind: 'uses'; readonly name: string; readonly version: string }
  | { readonly kind: 'run' | 'http' | 'unknown' };

/**
 * The name of a cached result: equal for equal work, on every machine. Secrets count by their names, since their values
 * must not leave the worker. Params that can be read from the key of a stage are not in it: a given key replaces them.
 */
export function cacheKey(task: StageTask, implementation: Implementation): string {
  const { params, secret_slots = [], artifacts = [], run, stage, cache } = task;
  const work: Json =
    cache?.key === undefined
      ? { params: withoutGrace(implementation, params), secret_slots }
      : { key: cache.key, stage: stage.id };
  // The same function gives the same result in every pipeline; a command or a key of one's own means something else there.
  const isShared = implementation.kind === 'uses' && cache?.key === undefined;
  const parts: Json = { implementation, artifacts, pipeline: isShared ? null : run.pipeline, ...work };
  return createHash('sha256').update(canonical(parts)).digest('hex');
}

/** How long a command may take to end says nothing about its result. */
function withoutGrace({ kind }: Implementation, params: Json): Json {
  if (kind !== 'run' || !isJsonObject(params)) return params;
  const { grace_ms: _graceMs, ...rest } = params;
  return rest;
}

/** JSON with sorted keys, so that the order in which a file names params does not matter. */
function canonical(value: Json): string {
  return JSON.stringify(value, (_key, part: Json) =>
    isJsonObject(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
