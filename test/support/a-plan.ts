import type { Plan, StageAction, StagePlan } from '../../src/engine/plan.js';
import { COMMON_RETRY, COMMON_STAGE } from '../../src/engine/stage-defaults.js';

/** A stage plan with the defaults that the loader fills in; `action` defaults to the function of the same name. */
export function aStage(id: string, overrides: Partial<StagePlan> = {}): StagePlan {
  const action: StageAction = { kind: 'uses', uses: `${id}-function`, with: {} };
  return {
    id,
    name: id,
    ...COMMON_STAGE,
    timeout_ms: 600_000,
    retry: { ...COMMON_RETRY, non_retryable_errors: [] },
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
