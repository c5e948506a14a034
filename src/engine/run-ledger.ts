import { stageLevels } from './levels.js';
import { OpenNeeds } from './open-needs.js';
import type { FailurePolicy, Scheduling, StagePlan } from './plan.js';
import type { StageResult } from './result.js';
import type { OpenStage } from './steering.js';
import {
  fromStageResult,
  type OpenDetails,
  type OpenStatus,
  type StageOutcome,
  type StageRecord,
} from './stage-record.js';
import { hasFailed, type StopReason, runsAfterStop, verdictOf } from './verdict.js';

export type LedgerOptions = {
  readonly scheduling: Scheduling;
  readonly failure: FailurePolicy;
  /** Most stages that run at once. */
  readonly maxRunning: number;
  /** IDs that the run's mode selects; null selects all. */
  readonly selected: ReadonlySet<string> | null;
  /** Looks at the condition of a stage whose turn has come: an outcome keeps it from running. */
  readonly judge: (stage: StagePlan) => StageOutcome | null;
  /** Told of each final record, before whatever depends on it is judged. */
  readonly onEnd?: (record: StageRecord) => void;
};

const HARDNESS: Readonly<Record<StopReason, number>> = {
  failed: 0,
  after_wave: 1,
  timed_out: 2,
  cancelled: 2,
};

/**
 * The book of a run: which stage may start, which runs, how each ended. It knows nothing of time or of how work
 * is done; the caller starts what {@link startable} gives, and reports each end to {@link end}. Costs O(1) per
 * dependency over a whole run.
 */
export class RunLedger {
  #options: LedgerOptions;
  readonly #records = new Map<string, StageRecord>();
  readonly #needs: OpenNeeds;
  readonly #levels: string[][] = [];
  readonly #openInLevel: number[] = [];
  /** Stages whose dependencies have all ended and that nobody has judged yet. */
  #due: string[] = [];
  /** Judged fit to run, waiting for a slot; consumed from `#nextWaiting` on. */
  #waiting: string[] = [];
  #nextWaiting = 0;
  #level = 0;
  readonly #running = new Set<string>();
  readonly #parked = new Set<string>();
  readonly #endOrder: string[] = [];
  #stopped: StopReason | null = null;

  constructor(stages: readonly StagePlan[], options: LedgerOptions) {
    this.#options = options;
    this.#needs = new OpenNeeds(stages);
    const levelOf = stageLevels(stages);
    for (const plan of stages) {
      const wave = levelOf.get(plan.id) ?? 1;
      this.#records.set(plan.id, {
        plan,
        wave,
        status: 'pending',
        startedAt: null,
        endedAt: null,
        outcome: null,
      });
      (this.#levels[wave - 1] ??= []).push(plan.id);
      this.#openInLevel[wave - 1] = (this.#openInLevel[wave - 1] ?? 0) + 1;
    }
    this.#due = [...(this.#levels[0] ?? [])];
  }

  /**
   * Puts back what ended in an earlier history or run, in its order, and what waits for people. Call it before anything else.
   */
  restore(
    ended: ReadonlyArray<readonly [id: string, result: StageResult]>,
    stopped: StopReason | null,
    open: readonly OpenStage[] = [],
  ): void {
    this.#stopped = stopped;
    const isBack = new Set<string>();
    for (const [id, result] of ended) {
      const record = this.#records.get(id);
      if (record === undefined) continue;
      isBack.add(id);
      this.#close(fromStageResult(record.plan, record.wave, result));
    }
    for (const { id, status, started_at } of open) {
      isBack.add(id);
      this.#running.add(id);
      this.#parked.add(id);
      this.#records.set(id, { ...this.#record(id), status, startedAt: Date.parse(started_at) });
      this.#passTurn(this.#needs.started(id));
    }
    this.#due = this.#due.filter((id) => !isBack.has(id));
  }

  /**
   * Judges the stages whose turn has come and gives those that start now, which count as running from here on.
   * Stages that will not run get their final status; `now` is the time they get.
   */
  startable(now: number): readonly StagePlan[] {
    this.#judgeDue(now);
    const starting: StagePlan[] = [];
    while (this.#nextWaiting < this.#waiting.length && this.#busy < this.#options.maxRunning) {
      const record = this.#record(this.#waiting[this.#nextWaiting] ?? '');
      this.#nextWaiting += 1;
      if (record.status !== 'waiting') continue;
      this.#records.set(record.plan.id, { ...record, status: 'running', startedAt: now });
      this.#running.add(record.plan.id);
      starting.push(record.plan);
      this.#passTurn(this.#needs.started(record.plan.id));
    }
    if (this.#nextWaiting === this.#waiting.length) {
      this.#waiting = [];
      this.#nextWaiting = 0;
    }
    return starting;
  }

  /**
   * Shows that a running stage waits, or runs again. One that waits for a person takes no slot of `maxRunning`; when it
   * runs again it does not queue for one. One that waits for a pool keeps its slot, and has not started until it is served
   * for the first time. The outcome in `details` is what a held stage waits with. Gives the record if its status changed.
   */
  mark(id: string, status: OpenStatus, now: number, details: OpenDetails = {}): StageRecord | null {
    const { waitingFor: _waitingFor, ...record } = this.#record(id);
    if (!this.#running.has(id)) return null;
    const isUnserved = status === 'waiting' && record.markedAt === undefined;
    const startedAt = isUnserved ? null : status === 'waiting' ? record.startedAt : (record.startedAt ?? now);
    const marked = { ...record, outcome: null, ...details, status, startedAt, markedAt: now };
    this.#records.set(id, marked);
    if (status === 'held' || status === 'awaiting_approval') this.#parked.add(id);
    else this.#parked.delete(id);
    return status === record.status ? null : marked;
  }

  /** Replaces the plan of a stage; what has been judged or started by the old one stays so. */
  amend(plan: StagePlan): void {
    this.#records.set(plan.id, { ...this.#record(plan.id), plan });
  }

  /** Changes the limits of the whole run from now on. */
  amendRun(changed: Partial<Pick<LedgerOptions, 'failure' | 'maxRunning'>>): void {
    this.#options = { ...this.#options, ...changed };
  }

  /** IDs of running stages that wait for a person. */
  get parked(): ReadonlySet<string> {
    return this.#parked;
  }

  /** Books the end of a running stage. Under `fail_fast` a failure that is not tolerated stops the run. */
  end(id: string, outcome: StageOutcome, now: number): void {
    const { waitingFor: _waitingFor, ...record } = this.#record(id);
    this.#running.delete(id);
    this.#parked.delete(id);
    const ended = { ...record, status: outcome.status, endedAt: now, outcome };
    this.#close(ended);
    if (hasFailed(ended) && !record.plan.continue_on_error && this.#options.failure === 'fail_fast') {
      this.stop('failed', now);
    }
  }

  /**
   * Starts no more stages than those that run after such a stop. Gives false when the run was stopped already in a
   * way that is as hard or harder: a failure yields to all others, `after_wave` to a time-out and a cancellation.
   */
  stop(reason: StopReason, now: number): boolean {
    if (this.isComplete || (this.#stopped !== null && HARDNESS[this.#stopped] >= HARDNESS[reason]))
      return false;
    this.#stopped = reason;
    for (const id of this.#waiting.slice(this.#nextWaiting)) {
      const record = this.#record(id);
      if (record.status === 'waiting' && !runsAfterStop(record.plan.run_when, reason)) {
        this.#finish(record, { status: 'cancelled' }, now);
      }
    }
    return true;
  }

  get stopped(): StopReason | null {
    return this.#stopped;
  }

  /** IDs of the stages that run now, in the order in which they started. */
  get running(): ReadonlySet<string> {
    return this.#running;
  }

  get #busy(): number {
    return this.#running.size - this.#parked.size;
  }

  get isComplete(): boolean {
    return this.#endOrder.length === this.#records.size;
  }

  /** All stages in the order of the file. */
  get records(): Iterable<StageRecord> {
    return this.#records.values();
  }

  /** Stages that ended, in the order in which they ended. */
  get ended(): readonly StageRecord[] {
    return this.#endOrder.map((id) => this.#record(id));
  }

  get endedCount(): number {
    return this.#endOrder.length;
  }

  record(id: string): StageRecord | undefined {
    return this.#records.get(id);
  }

  #judgeDue(now: number): void {
    while (this.#due.length > 0) {
      const due = this.#due;
      this.#due = [];
      for (const id of due) this.#judge(this.#record(id), now);
    }
  }

  #judge(record: StageRecord, now: number): void {
    const { plan } = record;
    const verdict = verdictOf(plan, {
      isSelected: this.#options.selected?.has(plan.id) ?? true,
      stopped: this.#stopped,
      dependencies: plan.depends_on.flatMap((need) => this.#records.get(need) ?? []),
    });
    if (verdict === 'cancelled') return this.#finish(record, { status: 'cancelled' }, now);
    if (verdict !== 'run') return this.#finish(record, { status: 'skipped', skip_reason: verdict }, now);
    const outcome = this.#options.judge(plan);
    if (outcome !== null) return this.end(plan.id, outcome, now);
    this.#records.set(plan.id, { ...record, status: 'waiting', readyAt: now });
    this.#waiting.push(plan.id);
  }

  #finish(record: StageRecord, outcome: StageOutcome, now: number): void {
    this.#close({ ...record, status: outcome.status, endedAt: now, outcome });
  }

  /** Enters a final record and passes the turn to whoever waited for it. */
  #close(record: StageRecord): void {
    const { id } = record.plan;
    this.#records.set(id, record);
    this.#endOrder.push(id);
    this.#options.onEnd?.(record);
    const left = (this.#openInLevel[record.wave - 1] ?? 0) - 1;
    this.#openInLevel[record.wave - 1] = left;
    if (this.#options.scheduling === 'strict') return this.#openLevels();
    this.#passTurn(this.#needs.ended(id));
  }

  /** Strict scheduling looks at whole levels instead. */
  #passTurn(ids: readonly string[]): void {
    if (this.#options.scheduling === 'strict') return;
    for (const id of ids) if (this.#record(id).status === 'pending') this.#due.push(id);
  }

  /** Strict scheduling: the next level becomes due when the whole level before it has ended. */
  #openLevels(): void {
    while (this.#level < this.#levels.length && this.#openInLevel[this.#level] === 0) {
      this.#level += 1;
      for (const id of this.#levels[this.#level] ?? []) {
        if (this.#record(id).status === 'pending') this.#due.push(id);
      }
    }
  }

  #record(id: string): StageRecord {
    const record = this.#records.get(id);
    if (record === undefined) throw new Error(`The run has no stage "${id}".`);
    return record;
  }
}
