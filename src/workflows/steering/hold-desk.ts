import type { StagePlan } from '../../engine/plan.js';
import type { StageDecision } from '../../engine/steering.js';
import { runsAfterStop, type StopReason } from '../../engine/verdict.js';
import type { HeldStage } from './held-stage.js';

/** The stages of a run that are held, so that messages find them. */
export class HoldDesk {
  readonly #held = new Map<string, { readonly plan: StagePlan; readonly stage: HeldStage }>();
  readonly #decided = new Map<string, StageDecision>();
  #stopped: StopReason | null = null;

  /** False once the run was stopped in a way that does not let a stage like this go on. */
  mayHold(plan: StagePlan): boolean {
    return this.#stopped === null || runsAfterStop(plan.run_when, this.#stopped);
  }

  open(plan: StagePlan, stage: HeldStage): void {
    this.#held.set(plan.id, { plan, stage });
  }

  close(plan: StagePlan): void {
    const decision = this.#held.get(plan.id)?.stage.lastDecision ?? null;
    if (decision !== null) this.#decided.set(plan.id, decision);
    this.#held.delete(plan.id);
  }

  find(id: string): HeldStage | undefined {
    return this.#held.get(id)?.stage;
  }

  /** What was decided last about a stage that was held. */
  lastDecision(id: string): StageDecision | undefined {
    return this.#decided.get(id);
  }

  /** Ends the waits that such a stop does not let go on. */
  stop(reason: StopReason): void {
    this.#stopped = reason;
    for (const { plan, stage } of this.#held.values()) {
      if (!runsAfterStop(plan.run_when, reason)) stage.giveUp();
    }
  }
}
