import type { HookName, Plan, RetryPlan, StagePlan } from './plan.js';
import { COMMON_RETRY, COMMON_STAGE } from './stage-defaults.js';

/**
 * A plan as it travels: what a stage has in common with most others is left out. It makes the input of a run, and with
 * it the history, about five times smaller. A plan that was never packed is a packed plan too.
 */
export type PackedPlan = Omit<Plan, 'stages' | 'hooks' | 'pipelines'> & {
  readonly stages: readonly PackedStage[];
  readonly hooks: Readonly<Record<HookName, readonly PackedStage[]>>;
  readonly pipelines: Readonly<Record<string, PackedPlan>>;
};

type PackedStage = Pick<StagePlan, 'id' | 'action'> &
  Partial<Omit<StagePlan, 'retry'>> & {
    readonly retry?: Partial<RetryPlan>;
  };

/** Leaves out what {@link unpackPlan} puts back, and what no run needs. */
export function packPlan(plan: Plan): PackedPlan {
  const { schedules: _schedules, ...rest } = plan;
  return {
    ...rest,
    stages: plan.stages.map(packStage),
    hooks: mapHooks(plan.hooks, packStage),
    pipelines: mapValues(plan.pipelines, packPlan),
  };
}

/** The plan that {@link packPlan} was given. */
export function unpackPlan(plan: PackedPlan): Plan {
  return {
    ...plan,
    stages: plan.stages.map(unpackStage),
    hooks: mapHooks(plan.hooks, unpackStage),
    pipelines: mapValues(plan.pipelines, unpackPlan),
  };
}

function packStage(stage: StagePlan): PackedStage {
  const { id, name, action, retry, ...rest } = stage;
  const ownRetry = differences(retry, COMMON_RETRY);
  return {
    id,
    ...(name === id ? {} : { name }),
    ...differences(rest, COMMON_STAGE),
    ...(Object.keys(ownRetry).length === 0 ? {} : { retry: ownRetry }),
    action,
  };
}

function unpackStage(stage: PackedStage): StagePlan {
  const retry = stage.retry === undefined ? COMMON_RETRY : { ...COMMON_RETRY, ...stage.retry };
  return { name: stage.id, ...COMMON_STAGE, ...stage, retry };
}

function differences<T extends object>(value: T, common: T): Partial<T> {
  const entries = Object.entries(value) as [keyof T, unknown][];
  return Object.fromEntries(
    entries.filter(
      ([key, own]) => own !== common[key] && JSON.stringify(own) !== JSON.stringify(common[key]),
    ),
  ) as Partial<T>;
}

function mapHooks<A, B>(
  hooks: Readonly<Record<HookName, readonly A[]>>,
  convert: (stage: A) => B,
): Record<HookName, readonly B[]> {
  return {
    on_success: hooks.on_success.map(convert),
    on_failure: hooks.on_failure.map(convert),
    finally: hooks.finally.map(convert),
  };
}

function mapValues<A, B>(values: Readonly<Record<string, A>>, convert: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, convert(value)]));
}
