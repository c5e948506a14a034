import { CancellationScope, getExternalWorkflowHandle, workflowInfo } from '@temporalio/workflow';
import { heldFailure, type HeldUnit } from '../../engine/held-unit.js';
import type { ItemUnit } from '../../engine/item-book.js';
import type { ShardInput } from '../../engine/map-shard.js';
import type { StagePlan } from '../../engine/plan.js';
import { isoTime, type StageOutcome } from '../../engine/stage-record.js';
import type { Holds } from '../steering/hold-desk.js';
import { Courier } from './courier.js';
import { mapFailedSignal } from './messages.js';

/** Units that one shard gives away; further ones fail there. What it tells has to stay small. */
const MOST_GIVEN = 200;

/**
 * Failed units of a shard, which its coordinator holds. It is told of them at once, since the shard may take hours, and
 * again in the shard's result.
 */
export class GivenUnits implements Holds {
  readonly #chunk: ShardInput['chunk'];
  readonly #isMapped: (stage: string) => boolean;
  readonly #units: HeldUnit[] = [];
  readonly #courier: Courier<HeldUnit>;

  constructor({ chunk }: ShardInput, isMapped: (stage: string) => boolean) {
    this.#chunk = chunk;
    this.#isMapped = isMapped;
    const { parent, workflowId } = workflowInfo();
    this.#courier = new Courier((units) => tellCoordinator(parent?.workflowId, { shard: workflowId, units }));
  }

  get all(): readonly HeldUnit[] {
    return this.#units;
  }

  /** Stages inside of items fail, and their items with them. */
  mayHold({ item }: StagePlan): boolean {
    return item !== undefined && this.#isMapped(item.stage) && this.#units.length < MOST_GIVEN;
  }

  open(): void {}

  close(): void {}

  itemsOf(): readonly number[] {
    return [];
  }

  giveUpItems(): void {}

  take(positions: ItemUnit, failure: StageOutcome): void {
    const { items, first } = this.#chunk;
    const unit: HeldUnit = {
      positions,
      items: items === null ? null : positions.map((index) => items[index - first] ?? null),
      failure: heldFailure(failure),
      held_at: isoTime(Date.now()),
    };
    this.#units.push(unit);
    this.#courier.tell(unit);
  }
}

async function tellCoordinator(
  workflowId: string | undefined,
  failed: { readonly shard: string; readonly units: readonly HeldUnit[] },
): Promise<void> {
  if (workflowId === undefined) return;
  const coordinator = getExternalWorkflowHandle(workflowId);
  // One that has ended wants to know nothing more.
  await CancellationScope.nonCancellable(() => coordinator.signal(mapFailedSignal, failed)).catch(
    () => undefined,
  );
}
