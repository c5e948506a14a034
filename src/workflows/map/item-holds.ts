import type { HoldNotice, HoldReport, UnitDecision } from '../../engine/held-unit.js';
import type { StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import type { OnStageEnd, StageRunContext } from '../stages/stage-context.js';
import { HeldStage } from '../steering/held-stage.js';
import { itemStage } from './start-item.js';

type HeldItem = {
  readonly stage: HeldStage;
  readonly size: number;
  /** Set while the item runs again. */
  settle: ((outcome: StageOutcome) => void) | null;
};

/**
 * Held items of a large map in the workflow of its run, where people find them. What they run by, how long they wait and
 * what was decided about them is known here; the coordinator of the map does it.
 */
export class ItemHolds {
  readonly #stage: StagePlan;
  readonly #context: StageRunContext;
  readonly #tell: (decision: UnitDecision) => void;
  readonly #items = new Map<number, HeldItem>();
  #isOver = false;
  #failed = 0;

  constructor(stage: StagePlan, context: StageRunContext, tell: (decision: UnitDecision) => void) {
    this.#stage = stage;
    // How an item stands is no status of the run's stage.
    this.#context = { ...context, mark: () => undefined };
    this.#tell = tell;
  }

  /** True when all of so many failed items were given up by somebody, by their timeout, or with those that were. */
  haveDecided(failed: number): boolean {
    const waiting = [...this.#items.values()].reduce((sum, { size }) => sum + size, 0);
    return this.#failed > 0 && failed <= this.#failed + waiting;
  }

  /** Items that wait. */
  get count(): number {
    return [...this.#items.values()].filter(({ stage }) => stage.isHeld).length;
  }

  /** The map tells which items wait, and which are done after another try. */
  see({ held, done }: HoldReport): void {
    if (this.#isOver) return;
    for (const notice of held) this.#hold(notice);
    for (const index of done) this.#items.get(index)?.settle?.({ status: 'succeeded' });
  }

  /** Ends all waits because the map has ended. */
  close(): void {
    this.#isOver = true;
    for (const { stage } of this.#items.values()) stage.giveUp();
    this.#items.clear();
  }

  #hold({ index, size, failure, held_at }: HoldNotice): void {
    const known = this.#items.get(index);
    if (known !== undefined) return known.settle?.(failure);
    const onEnd: OnStageEnd = (_stage, outcome) => this.#end(index, outcome);
    const stage = new HeldStage(
      itemStage(this.#stage, index),
      this.#context,
      onEnd,
      (plan, _context, settle) => this.#again(index, plan, settle),
    );
    this.#items.set(index, { stage, size, settle: null });
    stage.reopen({ failure, attempts: failure.attempts ?? 0, decisions: [], held_at });
  }

  #again(index: number, plan: StagePlan, settle: OnStageEnd): null {
    const item = this.#items.get(index);
    if (item !== undefined) {
      item.settle = (outcome) => {
        item.settle = null;
        settle(plan, outcome);
      };
    }
    const { action, retry, timeout_ms } = plan;
    this.#tell({ index, again: { action, retry, timeout_ms } });
    return null;
  }

  #end(index: number, outcome: StageOutcome): void {
    const size = this.#items.get(index)?.size ?? 1;
    this.#items.delete(index);
    if (this.#isOver || outcome.status === 'succeeded') return;
    if (outcome.status !== 'skipped') this.#failed += size;
    this.#tell({ index, end: outcome });
  }
}
