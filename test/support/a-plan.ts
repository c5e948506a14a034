import type { Plan, StageAction, StagePlan } from '../../src/engine/plan.js';

/** A stage plan with the defaults that the loader fills in; `action` defaults to the function of the same name. */
export function aStage(id: string, overrides: Partial<StagePlan> = {}): StagePlan {
  const action: StageAction = { kind: 'uses', uses: `${id}-function`, with: {} };
  return {
    id,
    name: id,
    depends_on: [],
    implied: [],
    enabled: true,
    condition: null,
    run_when: 'all_succeeded',
    continue_on_error: false,
    timeout_ms: 600_000,
    total_timeout_ms: null,
    queue_timeout_ms: null,
    heartbeat_timeout_ms: 30_000,
    retry: {
      max_attempts: 3,
      initial_delay_ms: 1000,
      backoff: 2,
      max_delay_ms: 60_000,
      retryable_errors: [],
      non_retryable_errors: [],
    },
    task_queue: null,
    priority: null,
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
    action,
    ...overrides,
  };
}

/** A plan of these stages with the loader's defaults for everything else. */
export function aPlan(stages: readonly StagePlan[], overrides: Partial<Plan> = {}): Plan {
  return {
    pipeline: 'example',
    version: '1.0.0',
    tags: [],
    labels: {},
    inputs: {},
    variables: {},
    secrets: [],
    scheduling: 'dataflow',
    failure: 'fail_fast',
    max_parallel_stages: null,
    timeout_ms: null,
    deadline_ms: null,
    pools: {},
    requires: [],
    concurrency: null,
    modes: {},
    stages,
    hooks: { on_success: [], on_failure: [], finally: [] },
    outputs: {},
    pipelines: {},
    ...overrides,
  };
}
