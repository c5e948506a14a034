import { dependentsOf, planLevels, stageLevels } from '../../engine/levels.js';
import type { Plan, StagePlan } from '../../engine/plan.js';
import { StagePlanner, type Planned } from './stage-planner.js';
import type { Versions, Because } from './compare-stage.js';
import { readsSharedState } from './names-read.js';
import type { EarlierRun, NextRun, StageVerdict } from './verdict.js';

export type PlanOptions = {
  /** Runs this stage again and all that depend on it. */
  readonly from?: string | null;
  /** Runs the failed items of this fan-out; those that other fan-outs tolerated stay failed. */
  readonly failedItemsOf?: string | null;
  /** Versions of the stage functions that are there now; null where they are not known, and not compared. */
  readonly versions: Versions | null;
  /** Stages whose output can no longer be read, with the reason. */
  readonly lost?: ReadonlyMap<string, string>;
};

export type PlannedResume = {
  /** By stage, in the order of the new definition. */
  readonly verdicts: Readonly<Record<string, StageVerdict>>;
  /** Stages to take over, in the order in which they ended. */
  readonly reused: readonly string[];
  /** Stages of the earlier run that the new definition does not have. */
  readonly removed: readonly string[];
};

/**
 * Decides for each stage whether its result is taken over. What is taken over together with what runs gives what a
 * fresh run of the new definition could have given: in doubt a stage runs. Pure; the workflow does exactly this.
 */
export function planResume(before: EarlierRun, next: NextRun, options: PlanOptions): PlannedResume {
  const forced = new Map<string, Because>();
  const removed = before.plan.stages.filter(({ id }) => !next.plan.stages.some((stage) => stage.id === id));
  for (;;) {
    const planned = planOnce(before, next, { ...options, forced });
    const unsafe = readersOfChangedState(before, next, { planned, removed });
    if (unsafe.size === 0) {
      const verdicts = next.plan.stages.map(({ id }) => [id, verdictOf(planned.get(id))] as const);
      return {
        verdicts: Object.fromEntries(verdicts),
        reused: before.order.filter((id) => planned.get(id)?.verdict === 'reuse'),
        removed: removed.map(({ id }) => id),
      };
    }
    for (const [id, because] of unsafe) forced.set(id, because);
  }
}

type Plans = ReadonlyMap<string, Planned>;

function planOnce(
  before: EarlierRun,
  next: NextRun,
  options: PlanOptions & { readonly forced: ReadonlyMap<string, Because> },
): Plans {
  const planner = new StagePlanner(before, next, options);
  const stages = new Map(next.plan.stages.map((stage) => [stage.id, stage]));
  for (const id of planLevels(next.plan.stages).flat()) {
    const stage = stages.get(id);
    if (stage !== undefined) planner.decide(stage);
  }
  return planner.planned;
}

type Outlook = { readonly planned: Plans; readonly removed: readonly StagePlan[] };

/**
 * Stages that would be reused although somebody else may leave shared state differently for them now. What comes after
 * a reader for certain cannot disturb it; anything else can.
 */
function readersOfChangedState(
  before: EarlierRun,
  { plan }: NextRun,
  { planned, removed }: Outlook,
): ReadonlyMap<string, Because> {
  const unsafe = new Map<string, Because>();
  const writers = plan.stages.filter((stage) => mayWrite(stage) && planned.get(stage.id)?.touched === true);
  const gone = removed.find(({ id }) => gaveShared(before, id))?.id ?? null;
  const culpritOf = plan.scheduling === 'strict' ? earlierLevels(before, plan, writers) : null;
  const isReordered =
    plan.scheduling !== before.plan.scheduling && before.order.some((id) => gaveShared(before, id));
  for (const stage of plan.stages) {
    if (planned.get(stage.id)?.verdict !== 'reuse') continue;
    const culprit =
      culpritOf?.(stage.id) ??
      (readsSharedState(stage) ? (independentWriter(plan.stages, stage, writers)?.id ?? gone) : null);
    if (culprit !== null)
      unsafe.set(stage.id, {
        reason: 'state',
        detail: `"${culprit}" may leave other shared state for it now`,
      });
    else if (isReordered)
      unsafe.set(stage.id, {
        reason: 'state',
        detail: 'with other `scheduling` it may see other shared state',
      });
  }
  return unsafe;
}

/** Under strict scheduling whatever stands in an earlier level comes before a stage for certain. */
function earlierLevels(
  before: EarlierRun,
  plan: Plan,
  writers: readonly StagePlan[],
): (id: string) => string | null {
  const levels = stageLevels(plan.stages);
  const levelsBefore = stageLevels(before.plan.stages);
  const wrote = before.order.filter((id) => gaveShared(before, id));
  return (id) => {
    const level = levels.get(id) ?? 0;
    const isEarlier = (other: string): boolean => (levels.get(other) ?? Infinity) < level;
    const wasEarlier = (other: string): boolean =>
      (levelsBefore.get(other) ?? Infinity) < (levelsBefore.get(id) ?? 0);
    const writer = writers.find((other) => isEarlier(other.id))?.id;
    return writer ?? wrote.find((other) => isEarlier(other) !== wasEarlier(other)) ?? null;
  };
}

function independentWriter(
  stages: readonly StagePlan[],
  reader: StagePlan,
  writers: readonly StagePlan[],
): StagePlan | null {
  if (writers.length === 0) return null;
  const later = dependentsBelow(stages, reader.id);
  return writers.find(({ id }) => id !== reader.id && !later.has(id)) ?? null;
}

/** A stage and all that depend on it, directly or through others. */
function dependentsBelow(stages: readonly StagePlan[], id: string): ReadonlySet<string> {
  const dependents = dependentsOf(stages);
  const found = new Set([id]);
  for (const known of found) for (const dependent of dependents.get(known) ?? []) found.add(dependent);
  return found;
}

/** Commands and requests have no way to write state or counters of the run. */
function mayWrite({ action }: StagePlan): boolean {
  if (action.kind === 'set') return Object.keys(action.state).length > 0;
  return action.kind === 'uses' || action.kind === 'wait_for';
}

function gaveShared({ stages }: EarlierRun, id: string): boolean {
  const result = stages[id];
  return result !== undefined && (result.state !== undefined || Object.keys(result.metrics).length > 0);
}

function verdictOf(planned: Planned | undefined): StageVerdict {
  if (planned === undefined) throw new Error('A stage was not planned.');
  const { touched: _touched, ...verdict } = planned;
  return verdict;
}
