import { CancellationScope, getExternalWorkflowHandle } from '@temporalio/workflow';
import type { CanaryInput, CanaryView } from '../../engine/canary.js';
import { canaryProgressSignal } from './messages.js';

/** What was measured since is told when the last report is older than this share of the canary's time. */
const STALENESS = 1 / 20;

/**
 * Tells the run of a canary how it stands: every change at once, further evaluations ever more seldom, because each report
 * costs both histories some events and a soak may take days.
 */
export class CanaryTeller {
  readonly #run: CanaryInput['run'];
  readonly #startedAt: number;
  #told = '';
  #toldAt = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(run: CanaryInput['run'], startedAt: number) {
    this.#run = run;
    this.#startedAt = startedAt;
  }

  tell(view: CanaryView): void {
    const { phase, step, weight, paused, question, decision, last, waits_for } = view;
    const wayBack = phase === 'rolling_back' ? waits_for : null;
    const told = [phase, step, weight, paused, question?.since, decision?.at, last?.verdict, wayBack];
    const state = JSON.stringify(told);
    const now = Date.now();
    const isFresh = now - this.#toldAt < (now - this.#startedAt) * STALENESS;
    if (state === this.#told && (isFresh || last === null)) return;
    this.#told = state;
    this.#toldAt = now;
    const { workflow_id, stage } = this.#run;
    const run = getExternalWorkflowHandle(workflow_id);
    // Whoever wanted to know may be gone.
    this.#last = CancellationScope.nonCancellable(() =>
      run.signal(canaryProgressSignal, { stage, at: now, view }),
    ).catch(() => undefined);
  }

  /** Resolves once the last report has arrived. */
  settled(): Promise<void> {
    return this.#last;
  }
}
