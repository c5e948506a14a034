import type { StagePlan } from '../../engine/plan.js';
import type { StageDecision } from '../../engine/steering.js';
import { runsAfterStop, type StopReason } from '../../engine/verdict.js';
import type { AwaitedHold } from '../../shared/awaited.js';
import type { Awaiting } from './awaiting.js';
import type { HeldStage } from './held-stage.js';

/** Where stages that are out of attempts wait for a decision. */
export interface Holds {
  /** False where such a stage cannot wait, and fails. */
  mayHold(plan: StagePlan): boolean;
  open(plan: StagePlan, stage: HeldStage, shown: AwaitedHold): void;
  close(plan: StagePlan): void;
  /** Positions of the items of a mapped stage that are held. */
  itemsOf(stage: string): readonly number[];
  /** Ends the waits of items whose map has failed. */
  giveUpItems(stage: string): void;
}

/** The stages of a run that are held, so that messages find them. */
export class HoldDesk implements Holds {
  readonly #held = new Map<string, { readonly plan: StagePlan; readonly stage: HeldStage }>();
  readonly #decided = new Map<string, StageDecision>();
  readonly #awaiting: Awaiting | null;
  #stopped: StopReason | null = null;

  /**
   * What is held is published at once. That is also a command, which keeps the workflow task in which a stage came to be
   * held apart from the next one: a worker that replays would otherwise see both in one, with a decision first. Null
   * where nobody could find what is held: nothing is held there.
   */
  constructor(awaiting: Awaiting | null) {
    this.#awaiting = awaiting;
  }

  /** False once the run was stopped in a way that does not let a stage like this go on. */
  mayHold(plan: StagePlan): boolean {
    if (this.#awaiting === null) return false;
    return this.#stopped === null || runsAfterStop(plan.run_when, this.#stopped);
  }

  open(plan: StagePlan, stage: HeldStage, shown: AwaitedHold): void {
    this.#awaiting?.set(plan.id, shown);
    this.#held.set(plan.id, { plan, stage });
  }

  close(plan: StagePlan): void {
    const decision = this.#held.get(plan.id)?.stage.lastDecision ?? null;
    if (decision !== null) this.#decided.set(plan.id, decision);
    this.#held.delete(plan.id);
    this.#awaiting?.set(plan.id, null);
  }

  /** The plan that a held stage runs by; an item of a map has one of its own. */
  planOf(id: string): StagePlan | undefined {
    return this.#held.get(id)?.plan;
  }

  itemsOf(stage: string): readonly number[] {
    return [...this.#held.values()].flatMap(({ plan: { item } }) =>
      item?.stage === stage ? [item.index] : [],
    );
  }

  giveUpItems(stage: string): void {
    for (const held of this.#held.values()) if (held.plan.item?.stage === stage) held.stage.giveUp();
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
