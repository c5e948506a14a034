import { CancellationScope, getExternalWorkflowHandle } from '@temporalio/workflow';
import {
  type CarriedHolds,
  type HeldUnit,
  type HoldReport,
  type UnitDecision,
  unitResult,
} from '../../engine/held-unit.js';
import type { ItemEnd } from '../../engine/item-book.js';
import type { ChunkResult, ShardInput } from '../../engine/map-shard.js';
import type { StagePlan } from '../../engine/plan.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import { Courier } from './courier.js';
import { itemEnd } from './item-end.js';
import { mapHeldSignal } from './messages.js';

/** Units that wait at a time. One more fails: whoever has so many to decide about wants to decide about all at once. */
const MOST_AT_A_TIME = 200;
/** Units that are ever held; each adds some ten events to the history of the run. */
const MOST_EVER = 1_000;

/** What a unit runs with in a shard of its own. */
export type UnitRun = Pick<ShardInput, 'holds' | 'ends_with'> & {
  readonly again?: UnitDecision['again'];
};

export type HeldUnitsDeps = {
  readonly stage: StagePlan;
  /** The run; null where there is none, and then nothing is held. */
  readonly run: string | null;
  readonly carried: CarriedHolds | undefined;
  readonly runUnit: (unit: HeldUnit, how: UnitRun) => Promise<ChunkResult>;
  /** Books what became of a unit. */
  readonly book: (result: ChunkResult) => void;
};

type Tiding = Partial<Pick<HoldReport, 'held' | 'done'>>;

/**
 * Units of a large map that are out of attempts. The run is told of each, people decide there, and what they decide is
 * done here, in shards of one unit:
 * ```
 * held ─again→ runs ─failed→ held
 *  │            └──done─→ booked
 *  └──end──────────────→ booked
 * ```
 */
export class HeldUnits {
  readonly #deps: HeldUnitsDeps;
  readonly #units = new Map<number, HeldUnit>();
  /** Units that shards of this history gave, whatever has become of them. */
  readonly #known = new Set<number>();
  readonly #courier: Courier<Tiding>;
  #ever: number;
  #running = 0;

  constructor(deps: HeldUnitsDeps) {
    this.#deps = deps;
    this.#ever = deps.carried?.ever ?? 0;
    for (const unit of deps.carried?.units ?? []) this.#units.set(indexOf(unit), unit);
    this.#courier = new Courier((tidings) => this.#tell(tidings));
  }

  /** Units that wait. */
  get size(): number {
    return this.#units.size;
  }

  /** True while units run, or the run is being told something: the history cannot end now. */
  get isBusy(): boolean {
    return this.#running > 0 || this.#courier.isBusy;
  }

  /** Holds a unit that a shard gave; told of it twice, it does so once. */
  hold(unit: HeldUnit): void {
    if (this.#known.has(indexOf(unit))) return;
    this.#known.add(indexOf(unit));
    const isFull = this.#units.size >= MOST_AT_A_TIME || this.#ever >= MOST_EVER;
    if (isFull || this.#deps.run === null) return this.#finish(unit, unit.failure);
    this.#ever += 1;
    this.#wait(unit);
  }

  decide({ index, again, end }: UnitDecision): void {
    const unit = this.#units.get(index);
    if (unit === undefined) return;
    this.#units.delete(index);
    if (again !== undefined) this.#run(unit, { holds: true, again });
    else if (end !== undefined) this.#finish(unit, end);
  }

  /** Ends the waits because the map does: all of them have failed. */
  giveUp(): void {
    for (const unit of this.#units.values()) this.#deps.book(this.#resultOf(unit, unit.failure));
    this.#units.clear();
  }

  carry(): CarriedHolds {
    return { units: [...this.#units.values()], ever: this.#ever };
  }

  #wait(unit: HeldUnit): void {
    const { failure, held_at, positions } = unit;
    const index = indexOf(unit);
    this.#units.set(index, unit);
    this.#courier.tell({ held: [{ index, size: positions.length, failure, held_at }] });
  }

  /** Ends a unit; one that failed has its stage's fallback first. */
  #finish(unit: HeldUnit, end: StageOutcome): void {
    const isFailure = end.status === 'failed' || end.status === 'timed_out';
    const { fallback, map } = this.#deps.stage;
    if (isFailure && fallback !== null) return this.#run(unit, { ends_with: end });
    // The line of a file is written by a shard, like all others.
    if (!isFailure && map?.collect === 'file') return this.#run(unit, { ends_with: end });
    this.#deps.book(this.#resultOf(unit, end));
  }

  #run(unit: HeldUnit, how: UnitRun): void {
    this.#running += 1;
    void this.#deps
      .runUnit(unit, how)
      .then(
        (result) => this.#ran(unit, result),
        () => this.#deps.book(this.#resultOf(unit, unit.failure)),
      )
      .then(() => {
        this.#running -= 1;
      });
  }

  #ran(unit: HeldUnit, result: ChunkResult): void {
    const { held = [], ...rest } = result;
    this.#deps.book(rest);
    for (const again of held) this.#wait(again);
    if (held.length === 0) this.#courier.tell({ done: [indexOf(unit)] });
  }

  #resultOf(unit: HeldUnit, end: StageOutcome): ChunkResult {
    const { stage } = this.#deps;
    const ends: readonly ItemEnd[] = unit.positions.map(() => itemEnd(stage, end));
    return unitResult(unit, ends, { keepsOutputs: stage.map?.collect !== 'count' });
  }

  async #tell(tidings: readonly Tiding[]): Promise<void> {
    const { run, stage } = this.#deps;
    if (run === null) return;
    const report: HoldReport = {
      stage: stage.id,
      held: tidings.flatMap(({ held = [] }) => held),
      done: tidings.flatMap(({ done = [] }) => done),
    };
    const receiver = getExternalWorkflowHandle(run);
    // A run that is gone has nobody who decides.
    await CancellationScope.nonCancellable(() => receiver.signal(mapHeldSignal, report)).catch(
      () => undefined,
    );
  }
}

function indexOf({ positions }: HeldUnit): number {
  return positions[0] ?? 0;
}
