import type { CarriedQueue } from './chunk-queue.js';
import type { CarriedHolds } from './held-unit.js';
import type { ItemLedger } from './map-ledger.js';
import type { ItemSource, MapLimits, MapOrigin } from './map-shard.js';
import type { CarriedTotals } from './map-totals.js';
import type { Paused } from './steering.js';

/** The only argument of the `map_coordinator` workflow. */
export type CoordinatorInput = {
  readonly origin: MapOrigin;
  readonly source: ItemSource;
  readonly reuse: ItemLedger | null;
  readonly limits: MapLimits;
  /** True where the run holds failed items one by one, until somebody decides. */
  readonly holds?: boolean;
  /** Set by continue-as-new only. */
  readonly carried?: {
    readonly started_at: number;
    readonly queue: CarriedQueue;
    readonly totals: CarriedTotals;
    readonly paused?: Paused | null;
    readonly held?: CarriedHolds;
  };
};
