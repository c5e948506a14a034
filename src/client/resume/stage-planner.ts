import { IndexSet } from '../../engine/index-ranges.js';
import type { ItemLedger } from '../../engine/map-ledger.js';
import type { StagePlan } from '../../engine/plan.js';
import type { StageResult } from '../../engine/result.js';
import type { StageRecord } from '../../engine/stage-record.js';
import { verdictOf } from '../../engine/verdict.js';
import { evaluateCondition } from '../../expressions/evaluate.js';
import type { Scope, StageScope } from '../../expressions/scope.js';
import { assertNever } from '../../shared/assert-never.js';
import { type Because, changeOf } from './compare-stage.js';
import { isSame } from './differences.js';
import { everNew, namesRead, readsShared, readsSharedState, volatileName } from './names-read.js';
import type { PlanOptions } from './plan-resume.js';
import { NOTHING_SHARED, scopeIn, type Shared, sharedBefore, SKIPPED, stageScopes } from './run-scope.js';
import type { EarlierRun, NextRun, StageVerdict } from './verdict.js';

/** A verdict; `touched` is true when something that runs comes before whatever depends on the stage. */
export type Planned = StageVerdict & { readonly touched: boolean };

type Options = PlanOptions & { readonly forced: ReadonlyMap<string, Because> };

/** Decides stage by stage; whatever a stage depends on must have been decided before. */
export class StagePlanner {
  readonly planned = new Map<string, Planned>();
  readonly #before: EarlierRun;
  readonly #next: NextRun;
  readonly #options: Options;
  readonly #selected: ReadonlySet<string> | null;
  readonly #stagesBefore: ReadonlyMap<string, StagePlan>;
  readonly #scopesBefore: Readonly<Record<string, StageScope>>;
  readonly #scopesNow: Record<string, StageScope> = {};
  readonly #stagesNow: ReadonlyMap<string, StagePlan>;

  constructor(before: EarlierRun, next: NextRun, options: Options) {
    this.#before = before;
    this.#next = next;
    this.#options = options;
    const selected = next.mode === null ? null : (next.plan.modes[next.mode]?.stages ?? null);
    this.#selected = selected === null ? null : new Set(selected);
    this.#stagesBefore = new Map(before.plan.stages.map((stage) => [stage.id, stage]));
    this.#stagesNow = new Map(next.plan.stages.map((stage) => [stage.id, stage]));
    this.#scopesBefore = stageScopes(before);
  }

  decide(stage: StagePlan): void {
    const planned = this.#plan(stage);
    const isTouched = planned.touched || (planned.verdict === 'skip' && this.#leavesGap(stage));
    this.planned.set(stage.id, { ...planned, touched: isTouched });
    const scope = planned.verdict === 'skip' ? SKIPPED : this.#scopesBefore[stage.id];
    if (planned.verdict !== 'run' && scope !== undefined) this.#scopesNow[stage.id] = scope;
  }

  #plan(stage: StagePlan): Planned {
    const moving = stage.depends_on.find((need) => this.planned.get(need)?.touched === true);
    const isTouched = moving !== undefined;
    if (!stage.enabled) return skip('disabled', 'it is not enabled', isTouched);
    if (this.#selected?.has(stage.id) === false)
      return skip('mode', `mode "${this.#next.mode ?? ''}" does not select it`, isTouched);
    if (moving !== undefined) {
      return this.#isRuledOut(stage)
        ? skip('condition', `\`${stage.condition ?? ''}\` is false`, true)
        : run({ reason: 'upstream', detail: this.#upstreamWords(moving) });
    }
    return this.#refusal(stage) ?? this.#reuseOrRun(stage);
  }

  /** A skipped stage that ran then, or stood elsewhere: something else comes before its dependents now. */
  #leavesGap({ id, depends_on }: StagePlan): boolean {
    const before = this.#stagesBefore.get(id)?.depends_on ?? [];
    return this.#hasRun(id) || !isSame(before.toSorted(), depends_on.toSorted());
  }

  #upstreamWords(id: string): string {
    const planned = this.planned.get(id);
    if (planned?.verdict === 'skip')
      return this.#hasRun(id) ? `"${id}" is skipped now` : `something before "${id}" runs or changed`;
    return this.#hasRun(id) ? `"${id}" runs again` : `"${id}" runs`;
  }

  /** True for a condition that is false whatever the stages that run will give. */
  #isRuledOut(stage: StagePlan): boolean {
    if (stage.condition === null || this.#isOpen(stage)) return false;
    const reads = namesRead(stage).condition.filter(({ root }) => root === 'stages');
    const isKnown = reads.every(({ path }) => this.#scopesNow[path[0]?.name ?? ''] !== undefined);
    return isKnown && this.#holds(stage, stage.condition) === false;
  }

  /** Why a stage does not run whose dependencies are all known; null when it may. */
  #refusal(stage: StagePlan): Planned | null {
    const verdict = verdictOf(stage, {
      isSelected: true,
      stopped: null,
      dependencies: stage.depends_on.flatMap((need) => this.#recordOf(need) ?? []),
    });
    if (verdict !== 'run') return skip('condition', `its \`run_when: ${stage.run_when}\` is not met`, false);
    if (stage.condition === null) return null;
    if (this.#isOpen(stage)) return this.#openRefusal(stage);
    const holds = this.#holds(stage, stage.condition);
    if (holds === null) return run({ reason: 'condition', detail: 'its condition cannot be evaluated' });
    return holds ? null : skip('condition', `\`${stage.condition}\` is false`, false);
  }

  /** What such a condition gave is known for a stage that has run; whether it gives that again is looked at later. */
  #openRefusal(stage: StagePlan): Planned | null {
    if (!this.#hasRun(stage.id))
      return run({ reason: 'never_ran', detail: 'its condition is looked at again' });
    return this.#stagesBefore.get(stage.id)?.condition === stage.condition
      ? null
      : run({ reason: 'definition', detail: 'its `condition` changed' });
  }

  #reuseOrRun(stage: StagePlan): Planned {
    const because = this.#whyRun(stage);
    return because === null
      ? { verdict: 'reuse', reason: 'unchanged', detail: 'unchanged', touched: false }
      : run(because);
  }

  #whyRun(stage: StagePlan): Because | null {
    const { id } = stage;
    if (this.#options.from === id) return { reason: 'asked', detail: 'it is the stage to begin with' };
    const before = this.#stagesBefore.get(id);
    const result = this.#before.stages[id];
    if (before === undefined || result === undefined)
      return { reason: 'new', detail: 'the earlier run did not have it' };
    const unfit = unfitness(result);
    const ledger = this.#isSettled(id, unfit) || stage.map === null ? undefined : result.items?.ledger;
    if (unfit !== null && ledger === undefined) return unfit;
    const changed = this.#whyDifferent(stage, before, result);
    if (ledger === undefined) return changed;
    return changed === null ? remainingItems(ledger) : (unfit ?? changed);
  }

  /** True for a stage that ended well, when only the failed items of another one are wanted. */
  #isSettled(id: string, unfit: Because | null): boolean {
    const { failedItemsOf = null } = this.#options;
    return unfit === null && failedItemsOf !== null && failedItemsOf !== id;
  }

  /** Why a stage would not end again as it did. */
  #whyDifferent(stage: StagePlan, before: StagePlan, result: StageResult): Because | null {
    const { id } = stage;
    const { lost, versions, forced } = this.#options;
    const cause = forced.get(id) ?? this.#amended(stage);
    if (cause !== null) return cause;
    if (this.#before.undone.has(id)) return { reason: 'undone', detail: 'its effect was taken back' };
    const reason = lost?.get(id);
    if (reason !== undefined) return { reason: 'lost', detail: reason };
    const sides = {
      before: { stage: before, plan: this.#before.plan, scope: this.#scope(id, 'before') },
      after: { stage, plan: this.#next.plan, scope: this.#scope(id, 'now') },
    };
    return changeOf(sides.before, sides.after, { result, versions });
  }

  /** People may have changed what a stage was given while the run went on; the new run begins without that. */
  #amended(stage: StagePlan): Because | null {
    const { params, variables } = this.#before.amended;
    if (params.has(stage.id))
      return { reason: 'definition', detail: 'its params were changed while the run went on' };
    const { condition, work } = namesRead(stage);
    const volatile = volatileName(condition);
    if (volatile !== null) return { reason: 'inputs', detail: `its condition reads ${everNew(volatile)}` };
    if (variables.size === 0) return null;
    const use = [...condition, ...work].find(
      ({ root, path }) => root === 'variables' && (path[0] === undefined || variables.has(path[0].name)),
    );
    return use === undefined
      ? null
      : { reason: 'inputs', detail: 'it reads a variable that was changed while the run went on' };
  }

  #hasRun(id: string): boolean {
    const status = this.#before.stages[id]?.status;
    return status !== undefined && status !== 'skipped' && this.#scopesBefore[id] !== undefined;
  }

  /** True when a condition reads what is known only when its turn comes. */
  #isOpen(stage: StagePlan): boolean {
    const { condition } = namesRead(stage);
    return readsShared(condition) || volatileName(condition) !== null;
  }

  #holds(stage: StagePlan, condition: string): boolean | null {
    try {
      return evaluateCondition(condition, this.#scope(stage.id, 'now'));
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ExpressionError') throw error;
      return null;
    }
  }

  #recordOf(id: string): StageRecord | null {
    const plan = this.#stagesNow.get(id);
    const planned = this.planned.get(id);
    if (plan === undefined || planned === undefined) return null;
    const isSkip = planned.verdict === 'skip';
    const status = isSkip ? 'skipped' : 'reused';
    const outcome = isSkip ? { status, skip_reason: 'condition' as const } : { status };
    return { plan, wave: 1, status, startedAt: null, endedAt: null, outcome } as StageRecord;
  }

  #sharedOf(id: string): Shared {
    const stages = [this.#stagesBefore.get(id), this.#stagesNow.get(id)];
    const isRead = stages.some((stage) => stage !== undefined && readsSharedState(stage));
    return isRead ? sharedBefore(this.#before, id) : NOTHING_SHARED;
  }

  /** Shared state is the same on both sides: stages for which it may differ are not compared at all. */
  #scope(id: string, side: 'before' | 'now'): Scope {
    const stages = side === 'before' ? this.#scopesBefore : this.#scopesNow;
    const run = side === 'before' ? this.#before : this.#next;
    return scopeIn(run, this.#before, { stages, shared: this.#sharedOf(id) });
  }
}

function skip(reason: 'disabled' | 'mode' | 'condition', detail: string, touched: boolean): Planned {
  return { verdict: 'skip', reason, detail, touched };
}

function run(because: Because): Planned {
  return { verdict: 'run', ...because, touched: true };
}

/** The rest of a fan-out. */
function remainingItems({ total, done }: ItemLedger): Because {
  const reuse = new IndexSet(done).size;
  const run = total === null ? null : total - reuse;
  const words = run === null ? 'the rest of its items run' : `${run} of ${total} items run`;
  return { reason: 'items', detail: `${words}, ${reuse} are done`, items: { reuse, run } };
}

/** Why a result cannot be taken over, whatever has changed since. */
function unfitness(result: StageResult): Because | null {
  switch (result.status) {
    case 'succeeded':
      return null;
    case 'reused':
      return result.fallback === undefined
        ? null
        : { reason: 'fell_back', detail: 'it failed, and a fallback gave its output' };
    case 'failed':
      return { reason: 'failed', detail: 'it failed' };
    case 'timed_out':
      return { reason: 'timed_out', detail: 'it timed out' };
    case 'cancelled':
      return result.started_at === null
        ? { reason: 'never_ran', detail: 'it never started' }
        : { reason: 'cancelled', detail: 'it was cancelled' };
    case 'skipped':
      return { reason: 'never_ran', detail: 'it was skipped' };
    case 'pending':
    case 'waiting':
      return { reason: 'never_ran', detail: 'it had not started' };
    case 'running':
    case 'awaiting_approval':
    case 'held':
      return { reason: 'never_ran', detail: 'it had not ended' };
    default:
      return assertNever(result.status);
  }
}
