import type { Mode, Plan, StagePlan } from '../../engine/plan.js';
import type { JsonObject } from '../../shared/json.js';
import type { StageEdges } from '../check/check-graph.js';
import type { Draft, StageEntry } from '../draft.js';
import type { HeaderDefinition } from '../schema/header-schema.js';
import { buildAlerts } from './build-alerts.js';
import { buildPriority } from './build-pools.js';
import { buildInput } from './build-input.js';
import { buildSchedules } from './build-schedules.js';
import { buildRequires } from './build-requires.js';
import { buildDeadline } from './build-steering.js';
import { createStageBuilder, ms } from './build-stage.js';

export type PlanParts = {
  readonly pools: Plan['pools'];
  readonly draft: Draft;
  readonly edges: ReadonlyMap<StageEntry, StageEdges>;
  /** Environment expanded. */
  readonly variables: JsonObject;
  readonly modeVariables: ReadonlyMap<string, JsonObject>;
  /** Keys in `Plan.pipelines` by what `pipeline` stages say. */
  readonly pipelineKeys: ReadonlyMap<string, string>;
  readonly pipelines: Readonly<Record<string, Plan>>;
};

/** Fills in every default. Only called once the definition has no errors. */
export function buildPlan(parts: PlanParts): Plan {
  const { draft, edges, variables } = parts;
  const { header, hooks } = draft;
  const buildStage = createStageBuilder(header.defaults ?? {}, parts.pipelineKeys);
  const build = (entries: readonly StageEntry[]): readonly StagePlan[] =>
    entries.map((entry) => buildStage(entry, edges.get(entry) ?? { depends_on: [], implied: [] }));
  return {
    pipeline: header.name,
    version: header.version ?? '0',
    ...(header.description === undefined ? {} : { description: header.description }),
    ...(header.author === undefined ? {} : { author: header.author }),
    tags: header.tags ?? [],
    labels: mapValues(header.labels ?? {}, String),
    inputs: mapValues(header.inputs ?? {}, buildInput),
    variables,
    secrets: header.secrets ?? [],
    scheduling: header.scheduling ?? 'dataflow',
    failure: header.failure ?? 'fail_fast',
    max_parallel_stages: header.max_parallel_stages ?? null,
    timeout_ms: ms(header.timeout),
    ...buildDeadline(header.deadline),
    ...buildPriority(header),
    pools: parts.pools,
    ...buildRequires(header),
    ...buildFreshness(header),
    concurrency: buildConcurrency(header),
    ...(header.alerts === undefined || header.alerts.length === 0
      ? {}
      : { alerts: buildAlerts(header.alerts) }),
    modes: buildModes(parts),
    ...buildSchedules(header),
    stages: build(draft.stages),
    hooks: {
      on_success: build(hooks.on_success),
      on_failure: build(hooks.on_failure),
      finally: build(hooks.finally),
    },
    outputs: header.outputs ?? {},
    pipelines: parts.pipelines,
  };
}

function buildFreshness({ freshness }: HeaderDefinition): Pick<Plan, 'freshness'> {
  return freshness === undefined ? {} : { freshness: { max_age_ms: ms(freshness.max_age) ?? 0 } };
}

function buildConcurrency(header: HeaderDefinition): Plan['concurrency'] {
  if (header.concurrency === undefined) return null;
  const { group, on_conflict = 'reject' } = header.concurrency;
  return { group, on_conflict };
}

function buildModes({ draft, modeVariables }: PlanParts): Readonly<Record<string, Mode>> {
  const modes = Object.entries(draft.header.modes ?? {});
  return Object.fromEntries(
    modes.map(([name, { stages = null }]) => [name, { stages, variables: modeVariables.get(name) ?? {} }]),
  );
}

function mapValues<A, B>(
  object: Readonly<Record<string, A>>,
  map: (value: A) => B,
): Readonly<Record<string, B>> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
