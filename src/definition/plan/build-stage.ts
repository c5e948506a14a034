import type { RetryPlan, StagePlan } from '../../engine/plan.js';
import { parseDuration } from '../../shared/duration.js';
import type { StageEdges } from '../check/check-graph.js';
import type { StageEntry } from '../draft.js';
import type { HeaderDefinition } from '../schema/header-schema.js';
import { poolUses } from './build-pools.js';
import { buildAction } from './build-action.js';
import { buildCache } from './build-cache.js';
import { buildDeadline, buildHold } from './build-steering.js';
import { buildMap } from './build-map.js';
import { buildFallback, buildUndo } from './build-recovery.js';

const DAY_MS = 86_400_000;

/**
 * More than one, because the attempt that dies with its worker counts. A child pipeline has attempts of its own inside.
 */
const ATTEMPTS = { pipeline: 1, other: 3 };

type Defaults = NonNullable<HeaderDefinition['defaults']>;
type RetryDefinition = NonNullable<Defaults['retry']>;

/** Makes stage plans; retry policies without settings of their own are shared, since plans may have many stages. */
export function createStageBuilder(
  defaults: Defaults,
  pipelineKeys: ReadonlyMap<string, string>,
): (entry: StageEntry, edges: StageEdges) => StagePlan {
  const retryOf = {
    pipeline: buildRetry(ATTEMPTS.pipeline, defaults.retry, undefined),
    other: buildRetry(ATTEMPTS.other, defaults.retry, undefined),
  };
  return (entry, edges) => {
    const { data } = entry;
    const action = buildAction(entry, pipelineKeys);
    const group = entry.kind === 'pipeline' ? 'pipeline' : 'other';
    return {
      id: data.id,
      name: data.name ?? data.id,
      depends_on: edges.depends_on,
      implied: edges.implied,
      enabled: data.enabled ?? true,
      condition: data.condition === undefined ? null : String(data.condition),
      run_when: data.run_when ?? 'all_succeeded',
      continue_on_error: data.continue_on_error ?? defaults.continue_on_error ?? false,
      timeout_ms: ms(data.timeout ?? defaults.timeout) ?? DAY_MS,
      total_timeout_ms: ms(data.total_timeout ?? defaults.total_timeout),
      queue_timeout_ms: ms(data.queue_timeout ?? defaults.queue_timeout),
      heartbeat_timeout_ms: ms(data.heartbeat_timeout ?? defaults.heartbeat_timeout) ?? 30_000,
      retry:
        data.retry === undefined ? retryOf[group] : buildRetry(ATTEMPTS[group], defaults.retry, data.retry),
      task_queue: data.task_queue ?? defaults.task_queue ?? null,
      priority: data.priority ?? defaults.priority ?? null,
      mode: data.mode ?? 'activity',
      isolation: data.isolation ?? 'none',
      artifacts: data.artifacts ?? [],
      map: buildMap(data.map, action),
      cache: buildCache(data.cache),
      pools: poolUses(data.pool),
      fallback: buildFallback(entry),
      hold: buildHold(data.hold_on_failure),
      undo: buildUndo(entry),
      ...buildDeadline(data.deadline),
      ...(entry.kind !== 'uses' || data.grace === undefined ? {} : { grace_ms: ms(data.grace) ?? 0 }),
      action,
    };
  };
}

function buildRetry(
  attempts: number,
  defaults: RetryDefinition | undefined,
  own: RetryDefinition | undefined,
): RetryPlan {
  const merged = { ...defaults, ...own };
  return {
    max_attempts: merged.max_attempts ?? attempts,
    initial_delay_ms: ms(merged.initial_delay) ?? 1000,
    backoff: merged.backoff ?? 2,
    max_delay_ms: ms(merged.max_delay) ?? 60_000,
    retryable_errors: merged.retryable_errors ?? [],
    non_retryable_errors: merged.non_retryable_errors ?? ['ValidationError'],
  };
}

/** Milliseconds of a duration that the schema has accepted. */
export function ms(duration: string | number | undefined): number | null {
  return duration === undefined ? null : parseDuration(duration);
}
