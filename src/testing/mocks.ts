import { z } from 'zod';
import { defineStage } from '../activities/define-stage.js';
import type { StageContext, StageFunction } from '../activities/stage-function.js';
import type { Plan, StagePlan } from '../engine/plan.js';
import type { Json } from '../shared/json.js';

/**
 * Stands in for a stage: gets its resolved params and gives its output. What it throws fails the attempt. A generator
 * gives chunks as well. `never` lets a mock say what it takes its params for.
 */
export type MockStage = (
  params: never,
  ctx: StageContext,
) => Json | Promise<Json> | AsyncGenerator<Json, Json | void, void>;

/** By the name of a stage function, or by the ID of a `run`, `http`, `wait_for`, `approval` or `canary` stage. */
export type Mocks = Readonly<Record<string, MockStage>>;

/**
 * The stage functions with mocks in the place of those they name. A function keeps its schemas, so that a mock whose
 * output the real one could not give is noticed.
 */
export function withMockedFunctions(
  stages: ReadonlyMap<string, StageFunction>,
  mocks: Mocks,
): ReadonlyMap<string, StageFunction> {
  const mocked = new Map(stages);
  for (const [name, mock] of Object.entries(mocks)) {
    const real = stages.get(name);
    const run = ({ params, ctx }: { params: unknown; ctx: StageContext }): ReturnType<MockStage> =>
      mock(params as never, ctx);
    // Of a mock nobody sees beforehand whether it is a generator; one with a chunk may be.
    const chunk = real?.chunk ?? z.unknown();
    mocked.set(
      name,
      real === undefined ? defineStage({ name, params: z.unknown(), chunk, run }) : { ...real, chunk, run },
    );
  }
  return mocked;
}

/** The plan with those stages that a mock names by their ID turned into calls of that mock. */
export function withMockedStages(plan: Plan, mocks: Mocks): Plan {
  const change = (stage: StagePlan): StagePlan => {
    const mocked = Object.hasOwn(mocks, stage.id) ? mockedStage(stage) : stage;
    // A mock cannot be sent to another thread, and a test has no use for one.
    return { ...mocked, isolation: 'none' };
  };
  const { on_success, on_failure, finally: last } = plan.hooks;
  return {
    ...plan,
    stages: plan.stages.map(change),
    hooks: {
      on_success: on_success.map(change),
      on_failure: on_failure.map(change),
      finally: last.map(change),
    },
    pipelines: Object.fromEntries(
      Object.entries(plan.pipelines).map(([name, child]) => [name, withMockedStages(child, mocks)]),
    ),
  };
}

function mockedStage(stage: StagePlan): StagePlan {
  const { action } = stage;
  switch (action.kind) {
    case 'run':
      return calling(stage, { command: action.command, env: action.env, cwd: action.cwd });
    case 'http':
      return calling(stage, { ...action.request });
    case 'wait_for':
      return calling(stage, { ...action.target });
    case 'canary':
      return calling(stage, { baseline: action.canary.baseline, candidate: action.canary.candidate });
    case 'approval':
      return calling(stage, { message: action.approval.message, evidence: action.approval.evidence });
    default:
      return stage;
  }
}

function calling(stage: StagePlan, params: Json): StagePlan {
  return { ...stage, action: { kind: 'uses', uses: stage.id, with: params } };
}
