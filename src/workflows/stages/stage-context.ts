import type { Plan, StagePlan } from '../../engine/plan.js';
import type { ItemLedger } from '../../engine/map-ledger.js';
import type { RunJournal } from '../../engine/run-journal.js';
import type { OpenDetails, OpenStatus, StageOutcome } from '../../engine/stage-record.js';
import type { Scope } from '../../expressions/scope.js';
import type { Json } from '../../shared/json.js';
import type { DispatchBudget } from '../dispatch-budget.js';
import type { StageTask } from '../../shared/task.js';
import type { MapHost } from '../map/map-host.js';
import type { StreamDesk } from '../map/stream-desk.js';
import type { CanaryDesk } from '../canary/canary-desk.js';
import type { PoolDesk } from '../pool/pool-desk.js';
import type { RunMemory } from '../run-memory.js';
import type { ApprovalDesk } from '../steering/approval-desk.js';
import type { Holds } from '../steering/hold-desk.js';
import type { PauseSwitch } from '../steering/pause-switch.js';

/** What the runner of a stage kind gets. */
export type StageRunContext = {
  readonly plan: Plan;
  readonly memory: RunMemory;
  /** What the run writes into its history; items of maps have none. */
  readonly journal?: RunJournal;
  readonly scope: Scope;
  readonly budget: DispatchBudget;
  /** The maps that run in this workflow. */
  readonly maps: MapHost;
  /** What maps over the chunks of other stages ask; undefined where no map starts another one. */
  readonly streams?: StreamDesk;
  /** Items of maps that an earlier run has done, by stage ID. */
  readonly reuseItems?: Readonly<Record<string, ItemLedger>>;
  /** Stages taken over that nobody else will undo. */
  readonly leftOver?: readonly string[];
  /** Starts any stage, a mapped one too; for runners that run further stages. */
  readonly launch: StageRunner;
  /** Shows that the stage waits, or runs again; one that waits for a person takes no slot of the run. */
  readonly mark: (stage: StagePlan, status: OpenStatus, wait?: StageWait) => void;
  /** Where stages ask for slots of pools. */
  readonly pools: PoolDesk;
  /** Set where each attempt is an activity of its own. */
  readonly attempt?: Pick<StageTask, 'attempt_offset' | 'checkpoint'>;
  /** Whoever starts items or attempts by itself asks it first. */
  readonly pause: PauseSwitch;
  readonly holds: Holds;
  /** Where people approve; undefined where nobody could find what waits. */
  readonly approvals: ApprovalDesk | undefined;
  /** Where canaries report to; undefined where none can run. */
  readonly canaries?: CanaryDesk;
  /** Set inside of a pipeline that is an item of a fan-out: once it has begun, a stop after the wave lets it end. */
  readonly isPartOfItem?: true;
  /** Runs pipelines in another way than as child workflows; set where they are items of a fan-out. */
  readonly runPipeline?: StageRunner;
  /** Runs activities in another way; set where those of several items travel together. */
  readonly runActivity?: StageRunner;
};

/**
 * What a stage waits for or with, shown meanwhile. A run whose stages all wait for people may go on in a new history,
 * which reopens them with what they carry; one that carries nothing keeps the run in its history.
 */
export type StageWait = OpenDetails & { readonly carry?: () => Json };

/** Called once with how a stage ended, by kinds that cannot tell at once. */
export type OnStageEnd = (stage: StagePlan, outcome: StageOutcome) => void;

/**
 * Runs a stage: gives its outcome, or null and reports it later. A callback rather than a promise, because the SDK keeps
 * track of every promise of a workflow. Failures are outcomes; it throws only before anything was scheduled, when an
 * expression cannot be evaluated.
 */
export type StageRunner = (
  stage: StagePlan,
  context: StageRunContext,
  onEnd: OnStageEnd,
) => StageOutcome | null;
