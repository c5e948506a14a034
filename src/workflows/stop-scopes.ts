import { CancellationScope } from '@temporalio/workflow';
import type { RunWhen, StagePlan } from '../engine/plan.js';
import { runsAfterStop, type StopReason } from '../engine/verdict.js';

/**
 * The cancellation scopes of a run, one for each group of stages that a stop treats alike. Few scopes rather than one
 * a stage, and calls without a promise where the scope is the current one: the SDK keeps track of every promise of a
 * workflow, and a scope makes three.
 */
export class StopScopes {
  readonly #root: CancellationScope;
  readonly #scopes = new Map<RunWhen, CancellationScope>();

  /** Nothing below `root` is cancelled but by {@link cancel}. */
  constructor(root: CancellationScope) {
    this.#root = root;
  }

  /** Calls `work` at once in the scope that most stages run in, so that they need no scope entered of their own. */
  enter(work: () => void): void {
    this.#enter(this.#scopeOf('all_succeeded'), work);
  }

  /** Calls `start` at once, so that what it schedules is cancelled when a stop ends stages like this one. */
  run(stage: StagePlan, start: () => void): void {
    this.#enter(this.#scopeOf(stage.run_when), start);
  }

  /** Cancels what such a stop does not let go on. Stages started later in the same group run in a new scope. */
  cancel(reason: StopReason): void {
    if (reason === 'after_wave') return;
    for (const [runWhen, scope] of this.#scopes) {
      if (runsAfterStop(runWhen, reason)) continue;
      this.#scopes.delete(runWhen);
      scope.cancel();
    }
  }

  #enter(scope: CancellationScope, work: () => void): void {
    if (CancellationScope.current() === scope) work();
    else void scope.run(async () => work());
  }

  #scopeOf(runWhen: RunWhen): CancellationScope {
    let scope = this.#scopes.get(runWhen);
    if (scope === undefined) {
      scope = new CancellationScope({ cancellable: true, parent: this.#root });
      this.#scopes.set(runWhen, scope);
    }
    return scope;
  }
}
