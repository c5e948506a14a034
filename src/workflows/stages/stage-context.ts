import type { Plan, StagePlan } from '../../engine/plan.js';
import type { ItemLedger } from '../../engine/map-ledger.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import type { Scope } from '../../expressions/scope.js';
import type { Json } from '../../shared/json.js';
import type { DispatchBudget } from '../dispatch-budget.js';
import type { MapHost } from '../map/map-host.js';
import type { RunMemory } from '../run-memory.js';
import type { HoldDesk } from '../steering/hold-desk.js';
import type { PauseSwitch } from '../steering/pause-switch.js';

/** What the runner of a stage kind gets. */
export type StageRunContext = {
  readonly plan: Plan;
  readonly memory: RunMemory;
  readonly scope: Scope;
  readonly budget: DispatchBudget;
  /** The maps that run in this workflow. */
  readonly maps: MapHost;
  /** Items of maps that an earlier run has done, by stage ID. */
  readonly reuseItems?: Readonly<Record<string, ItemLedger>>;
  /** Starts any stage, a mapped one too; for runners that run further stages. */
  readonly launch: StageRunner;
  /** Shows that the stage waits for a person, or runs again; a waiting stage takes no slot. */
  readonly mark: (
    stage: StagePlan,
    status: 'running' | 'awaiting_approval' | 'held',
    wait?: StageWait,
  ) => void;
  /** Whoever starts items or attempts by itself asks it first. */
  readonly pause: PauseSwitch;
  readonly holds: HoldDesk;
  /** Runs pipelines in another way than as child workflows; set where they are items of a fan-out. */
  readonly runPipeline?: StageRunner;
};

/** A wait for people. A run whose stages all wait may go on in a new history, which reopens them with what they carry. */
export type StageWait = {
  /** What the stage waits with, shown meanwhile. */
  readonly outcome?: StageOutcome;
  readonly carry: () => Json;
};

/** Called once with how a stage ended, by kinds that cannot tell at once. */
export type OnStageEnd = (stage: StagePlan, outcome: StageOutcome) => void;

/**
 * Runs a stage: gives its outcome, or null and reports it later. A callback rather than a promise, because every promise
 * in a workflow records its stack. Failures are outcomes; it throws only before anything was scheduled, when an
 * expression cannot be evaluated.
 */
export type StageRunner = (
  stage: StagePlan,
  context: StageRunContext,
  onEnd: OnStageEnd,
) => StageOutcome | null;
