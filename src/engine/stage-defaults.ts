import type { RetryPlan, StagePlan } from './plan.js';

export const COMMON_RETRY: RetryPlan = {
  max_attempts: 3,
  initial_delay_ms: 1_000,
  backoff: 2,
  max_delay_ms: 60_000,
  retryable_errors: [],
  non_retryable_errors: ['ValidationError'],
};

/** What a stage is without anything around its action. */
export const BARE_ACTION = {
  condition: null,
  mode: 'activity',
  isolation: 'none',
  artifacts: [],
  map: null,
  cache: null,
  pools: [],
  fallback: null,
  hold: null,
  undo: null,
  deadline_ms: null,
} as const satisfies Partial<StagePlan>;

/** What most stages have in common: the loader's defaults. Packed plans rest on it, so a value never changes. */
export const COMMON_STAGE: Omit<StagePlan, 'id' | 'name' | 'action' | 'retry'> = {
  depends_on: [],
  implied: [],
  enabled: true,
  run_when: 'all_succeeded',
  continue_on_error: false,
  timeout_ms: 86_400_000,
  total_timeout_ms: null,
  queue_timeout_ms: null,
  heartbeat_timeout_ms: 30_000,
  task_queue: null,
  priority: null,
  ...BARE_ACTION,
};
