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

  /** The plan that a held stage runs by; an item of a map has one of its own. */
  planOf(id: string): StagePlan | undefined {
    return this.#held.get(id)?.plan;
  }

  /** Positions of the items of a mapped stage that are held. */
  itemsOf(stage: string): readonly number[] {
    return [...this.#held.values()].flatMap(({ plan: { item } }) =>
      item?.stage === stage ? [item.index] : [],
    );
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
