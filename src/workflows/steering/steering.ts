import type { CancellationScope } from '@temporalio/workflow';
import { packPlan } from '../../engine/pack-plan.js';
import type { Plan, StagePlan } from '../../engine/plan.js';
import type { StageStatus } from '../../engine/result.js';
import type { RunInput } from '../../engine/run-input.js';
import type { RunLedger } from '../../engine/run-ledger.js';
import type { RunFile } from '../../engine/run-result.js';
import { RunAlerts } from '../alert/run-alerts.js';
import { CanaryDesk } from '../canary/canary-desk.js';
import type { RunMemory } from '../run-memory.js';
import { isoTime } from '../../engine/stage-record.js';
import type { RunNotes } from '../run-notes.js';
import type { StageWait } from '../stages/stage-context.js';
import { ApprovalDesk } from './approval-desk.js';
import { Awaiting } from './awaiting.js';
import { ChangeLog } from './change-log.js';
import { Deadlines } from './deadlines.js';
import { HoldDesk } from './hold-desk.js';
import { OpenWaits } from './open-waits.js';
import { PauseSwitch } from './pause-switch.js';

export type SteeringOptions = {
  readonly root: CancellationScope;
  readonly notes: RunNotes;
  readonly memory: RunMemory;
  /** The run as it stands. */
  readonly file: () => RunFile;
};

/** The keys of a plan that people may change while its run goes on. */
export type AmendableHeader = Pick<Plan, 'failure' | 'max_parallel_stages' | 'deadline_ms' | 'deadline_at'>;

/** What people did to a run so far, and what waits for them. */
export class Steering {
  readonly pause: PauseSwitch;
  readonly waits = new OpenWaits();
  readonly awaiting = new Awaiting();
  readonly holds = new HoldDesk(this.awaiting);
  readonly approvals: ApprovalDesk;
  readonly canaries = new CanaryDesk();
  readonly changes: ChangeLog;
  readonly deadlines: Deadlines;
  /** Null where the definition has no alerts. */
  readonly alerts: RunAlerts | null;
  readonly #input: RunInput;
  #header: Partial<AmendableHeader> = {};
  #isAmended = false;

  constructor(input: RunInput, options: SteeringOptions) {
    const { carried } = input;
    const { root, notes } = options;
    this.alerts = input.plan.alerts === undefined ? null : new RunAlerts(input.plan.alerts, options);
    this.#input = input;
    this.approvals = new ApprovalDesk(input.approval_keys ?? {}, this.awaiting);
    this.pause = new PauseSwitch(carried?.paused ?? null);
    this.changes = new ChangeLog(carried?.amendments ?? []);
    this.deadlines = new Deadlines({
      alarms: carried?.alarms ?? [],
      root,
      note: (text) => notes.add(text),
      onAlarm: () => this.alerts?.check('deadline'),
    });
  }

  /** Looks at the time, for deadlines and for alerts. */
  watchTime(startedAt: number): void {
    this.deadlines.watchRun(this.header, startedAt);
    this.alerts?.watchDuration(startedAt);
  }

  /** Somebody is being alerted, which an end of the history would interrupt. */
  get isTelling(): boolean {
    return this.alerts?.isTelling ?? false;
  }

  releaseTime(): void {
    this.deadlines.releaseAll();
    this.alerts?.release();
  }

  /** The run's own settings as they are now. */
  get header(): AmendableHeader & Pick<Plan, 'deadline_warn_ms'> {
    const { plan } = this.#input;
    return { ...plan, deadline_ms: plan.deadline_ms ?? null, ...this.#header };
  }

  /** Has the next history start from what was changed: settings of the run, plans of stages, variables. */
  amend(header: Partial<AmendableHeader> = {}): void {
    this.#isAmended = true;
    this.#header = { ...this.#header, ...header };
  }

  /** Alarms early when a run with a deadline is not going to meet it. Asked whenever a stage ended. */
  predict(ledger: RunLedger): void {
    const { expected_ms } = this.#input;
    if (expected_ms !== undefined) this.deadlines.predict(ledger.records, expected_ms);
  }

  /** The input of the run's next history, with the definition as it was changed. */
  amendedInput(plan: Plan, ledger: RunLedger, memory: RunMemory): RunInput {
    if (!this.#isAmended) return this.#input;
    const stages = [...ledger.records].map((record) => record.plan);
    return {
      ...this.#input,
      plan: packPlan({ ...plan, ...this.#header, stages }),
      variables: memory.scope.variables,
    };
  }

  /** Notes that a stage waits for people, or runs again; what is held is published as approvals are. */
  show(stage: StagePlan, status: StageStatus, wait: StageWait | undefined): void {
    this.waits.set(stage.id, wait);
    if (status === 'running') this.awaiting.set(stage.id, null);
    if (this.alerts !== null && (status === 'held' || status === 'awaiting_approval')) {
      this.alerts.check('people');
    }
    if (status !== 'held') return;
    const { error } = wait?.outcome ?? {};
    const timeout = stage.hold?.timeout_ms ?? null;
    const now = Date.now();
    this.awaiting.set(stage.id, {
      kind: 'held',
      message: error === undefined ? '' : `${error.type}: ${error.message.slice(0, 500)}`,
      since: isoTime(now),
      times_out_at: timeout === null ? null : isoTime(now + timeout),
    });
  }

  /** A stage has ended. */
  forget(stage: string): void {
    if (this.waits.count > 0) this.waits.set(stage, undefined);
    this.awaiting.set(stage, null);
  }

  /** Where stages wait for people, and where messages find them. */
  get desks(): Pick<Steering, 'pause' | 'holds' | 'approvals' | 'canaries'> {
    return { pause: this.pause, holds: this.holds, approvals: this.approvals, canaries: this.canaries };
  }

  /** What of it the run's status shows. */
  get shown(): Pick<RunFile, 'paused' | 'amendments' | 'alarms' | 'approvals'> {
    return {
      paused: this.pause.paused,
      amendments: this.changes.amendments,
      alarms: this.deadlines.alarms,
      approvals: this.approvals.questions,
    };
  }

  /** What of it goes along into a new history; nothing where nobody steered. */
  carried(
    ledger: RunLedger,
  ): Pick<NonNullable<RunInput['carried']>, 'open' | 'paused' | 'amendments' | 'alarms'> {
    const open = this.waits.carried(ledger);
    const { paused } = this.pause;
    const { amendments } = this.changes;
    const { alarms } = this.deadlines;
    return {
      ...(open.length === 0 ? {} : { open }),
      ...(paused === null ? {} : { paused }),
      ...(amendments.length === 0 ? {} : { amendments }),
      ...(alarms.length === 0 ? {} : { alarms }),
    };
  }
}
