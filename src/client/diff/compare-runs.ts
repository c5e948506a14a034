import type { Plan, StagePlan } from '../../engine/plan.js';
import type { StageResult } from '../../engine/result.js';
import { DEFAULT_VERSION } from '../../shared/names.js';
import { givenTo } from '../resume/compare-stage.js';
import { type Difference, differences } from '../resume/differences.js';
import { readsSharedState } from '../resume/names-read.js';
import { NOTHING_SHARED, scopeIn, sharedBefore, stageScopes } from '../resume/run-scope.js';
import type { EarlierRun } from '../resume/verdict.js';

/** A value in the first run and in the second. */
export type Pair<T> = readonly [first: T, second: T];

/** Where two runs differ. A list of differences is empty where they do not. */
export type RunDiff = {
  readonly runs: Pair<RunFacts>;
  readonly inputs: readonly Difference[];
  readonly variables: readonly Difference[];
  readonly outputs: readonly Difference[];
  /** By stage, in the order of the second definition; stages of the first alone come last. */
  readonly stages: Readonly<Record<string, StageDiff>>;
  /** True when anything but times and durations differs. */
  readonly differs: boolean;
};

export type RunFacts = Pick<EarlierRun, 'workflow_id' | 'run_id' | 'status' | 'mode'> & {
  readonly pipeline: string;
  readonly version: string;
  readonly started_at: string;
  readonly duration_ms: number;
};

/** One stage in both runs; null where a run does not have it. */
export type StageDiff = {
  readonly status: Pair<string | null>;
  readonly duration_ms: Pair<number | null>;
  readonly attempts: Pair<number | null>;
  /** Versions of the stage functions that ran. */
  readonly versions: readonly Difference[];
  /** What the definition says of it. */
  readonly definition: readonly Difference[];
  /** What it was given, with expressions filled in. */
  readonly inputs: readonly Difference[];
  readonly output: readonly Difference[];
  readonly differs: boolean;
};

/** Compares two runs stage by stage. */
export function compareRuns(first: EarlierRun, second: EarlierRun): RunDiff {
  const ids = new Set([...second.plan.stages, ...first.plan.stages].map(({ id }) => id));
  const [sideA, sideB] = [new Side(first), new Side(second)];
  const stages = Object.fromEntries([...ids].map((id) => [id, compareStage(id, sideA, sideB)] as const));
  const inputs = differences('', first.inputs, second.inputs);
  const variables = differences('', first.variables, second.variables);
  const outputs = differences('', first.result.outputs, second.result.outputs);
  const isOther = first.status !== second.status || inputs.length + variables.length + outputs.length > 0;
  return {
    runs: [factsOf(first), factsOf(second)],
    inputs,
    variables,
    outputs,
    stages,
    differs: isOther || Object.values(stages).some(({ differs }) => differs),
  };
}

function compareStage(id: string, first: Side, second: Side): StageDiff {
  const [planA, planB] = [first.plan(id), second.plan(id)];
  const [a, b] = [first.run.stages[id], second.run.stages[id]];
  const isInBoth = planA !== undefined && planB !== undefined;
  const versions = differences('', versionsOf(planA, a), versionsOf(planB, b));
  const definition = isInBoth ? differences('', planA, planB) : [];
  const inputs = isInBoth ? differences('', first.given(planA), second.given(planB)) : [];
  const output = differences('', a?.output ?? null, b?.output ?? null);
  const isOther = endOf(a) !== endOf(b) || !isInBoth;
  return {
    status: [a?.status ?? null, b?.status ?? null],
    duration_ms: [a?.duration_ms ?? null, b?.duration_ms ?? null],
    attempts: [a?.attempts ?? null, b?.attempts ?? null],
    versions,
    definition,
    inputs,
    output,
    differs: isOther || versions.length + definition.length + inputs.length + output.length > 0,
  };
}

/** One of the two runs, with what its expressions saw. */
class Side {
  readonly run: EarlierRun;
  readonly #plans: ReadonlyMap<string, StagePlan>;
  readonly #scopes: ReturnType<typeof stageScopes>;

  constructor(run: EarlierRun) {
    this.run = run;
    this.#plans = new Map(run.plan.stages.map((stage) => [stage.id, stage]));
    this.#scopes = stageScopes(run);
  }

  plan(id: string): StagePlan | undefined {
    return this.#plans.get(id);
  }

  /** What a stage was given; null for one that had no turn, and so was given nothing. */
  given(stage: StagePlan): unknown {
    const { plan, stages } = this.run;
    const status = stages[stage.id]?.status;
    if (status === undefined || status === 'pending' || status === 'skipped') return null;
    const shared = readsSharedState(stage) ? sharedBefore(this.run, stage.id) : NOTHING_SHARED;
    const scope = scopeIn(this.run, this.run, { stages: this.#scopes, shared });
    return givenTo({ stage, plan, scope });
  }
}

/** A reused stage ended as well as one that ran. */
function endOf(result: StageResult | undefined): string | null {
  if (result === undefined) return null;
  return result.status === 'reused' && result.fallback === undefined ? 'succeeded' : result.status;
}

function versionsOf(plan: StagePlan | undefined, result: StageResult | undefined) {
  if (result === undefined || plan?.action.kind !== 'uses') return result?.versions ?? {};
  return { [plan.action.uses]: DEFAULT_VERSION, ...result.versions };
}

function factsOf(run: EarlierRun): RunFacts {
  const { workflow_id, run_id, status, mode, facts, result } = run;
  const { pipeline, version }: Pick<Plan, 'pipeline' | 'version'> = run.plan;
  const { duration_ms } = result;
  return {
    workflow_id,
    run_id,
    status,
    mode,
    pipeline,
    version,
    started_at: facts.started_at,
    duration_ms,
  };
}
