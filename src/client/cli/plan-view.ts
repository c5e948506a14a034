import { criticalPath } from '../../engine/critical-path.js';
import { planLevels } from '../../engine/levels.js';
import type {
  Concurrency,
  FailurePolicy,
  HookName,
  Plan,
  Requirement,
  RetryPlan,
  RunWhen,
  Scheduling,
  StageKind,
  StagePlan,
} from '../../engine/plan.js';
import type { MapPlan } from '../../engine/map-plan.js';
import type { SchedulePlan } from '../../engine/schedule-plan.js';
import type { CachePlan, PoolUse } from '../../engine/stage-extras.js';
import type { JsonObject } from '../../shared/json.js';
import { describeAction } from '../graph/describe-action.js';

/** What `sluice plan` and `sluice run --dry-run` print with `--json`. Fields are added, never renamed. */
export type PlanDocument = {
  readonly pipeline: string;
  readonly version: string;
  readonly description: string | null;
  readonly mode: string | null;
  readonly scheduling: Scheduling;
  readonly failure: FailurePolicy;
  readonly max_parallel_stages: number | null;
  readonly timeout_ms: number | null;
  /** Values that the run would get; null when none were asked for. */
  readonly inputs: JsonObject | null;
  readonly variables: JsonObject;
  /** Names only. */
  readonly secrets: readonly string[];
  readonly requires: readonly Requirement[];
  /** Datasets. */
  readonly provides: readonly string[];
  /** Only where the definition says how old its data may get. */
  readonly freshness?: { readonly max_age_ms: number };
  readonly concurrency: Concurrency | null;
  /** When runs start by themselves, once they were applied; `sluice schedule plan` shows the times. */
  readonly schedules: readonly SchedulePlan[];
  /** Stages that can run at the same time, level by level. */
  readonly waves: ReadonlyArray<readonly string[]>;
  readonly edges: ReadonlyArray<readonly [from: string, to: string]>;
  readonly stages: Readonly<Record<string, PlannedStage>>;
  readonly hooks: Readonly<Record<HookName, Readonly<Record<string, PlannedStage>>>>;
  readonly outputs: readonly string[];
  /** The longest chain of stages. */
  readonly critical_path: readonly string[];
};

export type PlannedStage = {
  readonly name: string;
  readonly kind: StageKind;
  /** What it does, in a few words. */
  readonly action: string;
  readonly depends_on: readonly string[];
  /** The part of `depends_on` that only an expression implies. */
  readonly implied: readonly string[];
  readonly condition: string | null;
  readonly run_when: RunWhen;
  readonly continue_on_error: boolean;
  /** Why it will not run; null when it will, or when only the run can tell. */
  readonly skip_reason: 'disabled' | 'mode' | null;
  /** What may be reused instead of running; null when nothing is. */
  readonly cache: CachePlan | null;
  /** What it runs once for each of; null when it runs once. */
  readonly map: MapPlan | null;
  /** Slots that it takes while it runs. */
  readonly pools: readonly PoolUse[];
  readonly timeout_ms: number;
  readonly total_timeout_ms: number | null;
  readonly queue_timeout_ms: number | null;
  readonly heartbeat_timeout_ms: number;
  readonly retry: RetryPlan;
  readonly task_queue: string | null;
  readonly priority: number | null;
};

export type PlanRequest = {
  readonly mode?: string | null;
  /** With the defaults filled in, as the run would get them. */
  readonly inputs?: JsonObject | null;
};

/** The plan as one JSON document. A mode must exist: {@link createRunInput} checks it. */
export function planDocument(plan: Plan, request: PlanRequest = {}): PlanDocument {
  const name = request.mode ?? null;
  const mode = name === null ? undefined : plan.modes[name];
  return {
    pipeline: plan.pipeline,
    version: plan.version,
    description: plan.description ?? null,
    mode: name,
    scheduling: plan.scheduling,
    failure: plan.failure,
    max_parallel_stages: plan.max_parallel_stages,
    timeout_ms: plan.timeout_ms,
    inputs: request.inputs ?? null,
    variables: { ...plan.variables, ...mode?.variables },
    secrets: plan.secrets,
    requires: plan.requires,
    provides: plan.provides ?? [],
    ...(plan.freshness === undefined ? {} : { freshness: plan.freshness }),
    concurrency: plan.concurrency,
    schedules: plan.schedules ?? [],
    waves: planLevels(plan.stages),
    edges: plan.stages.flatMap((stage) => stage.depends_on.map((need) => [need, stage.id] as const)),
    stages: plannedStages(plan.stages, mode?.stages ?? null),
    hooks: {
      on_success: plannedStages(plan.hooks.on_success, null),
      on_failure: plannedStages(plan.hooks.on_failure, null),
      finally: plannedStages(plan.hooks.finally, null),
    },
    outputs: Object.keys(plan.outputs),
    critical_path: criticalPath(plan.stages),
  };
}

function plannedStages(
  stages: readonly StagePlan[],
  selected: readonly string[] | null,
): Readonly<Record<string, PlannedStage>> {
  const chosen = selected === null ? null : new Set(selected);
  return Object.fromEntries(
    stages.map((stage) => [stage.id, plannedStage(stage, chosen === null || chosen.has(stage.id))]),
  );
}

function plannedStage(stage: StagePlan, isSelected: boolean): PlannedStage {
  return {
    name: stage.name,
    kind: stage.action.kind,
    action: describeAction(stage.action),
    depends_on: stage.depends_on,
    implied: stage.implied,
    condition: stage.condition,
    run_when: stage.run_when,
    continue_on_error: stage.continue_on_error,
    skip_reason: !isSelected ? 'mode' : stage.enabled ? null : 'disabled',
    cache: stage.cache,
    map: stage.map,
    pools: stage.pools,
    timeout_ms: stage.timeout_ms,
    total_timeout_ms: stage.total_timeout_ms,
    queue_timeout_ms: stage.queue_timeout_ms,
    heartbeat_timeout_ms: stage.heartbeat_timeout_ms,
    retry: stage.retry,
    task_queue: stage.task_queue,
    priority: stage.priority,
  };
}
