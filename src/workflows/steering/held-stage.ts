import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { StagePlan } from '../../engine/plan.js';
import type { HoldPlan } from '../../engine/stage-extras.js';
import { isoTime, type StageOutcome } from '../../engine/stage-record.js';
import type { StageDecision } from '../../engine/steering.js';
import { assertNever } from '../../shared/assert-never.js';
import type { Json } from '../../shared/json.js';
import type { OnStageEnd, StageRunContext, StageRunner } from '../stages/stage-context.js';

/** What a person, or the timeout, decides about a held stage. */
export type HoldDecision = Pick<StageDecision, 'decision' | 'by' | 'reason'> & {
  /** For a retry: the plan to run, with changed params perhaps, and those params for the record. */
  readonly retry?: { readonly stage: StagePlan; readonly params?: StageDecision['params'] };
  /** For a skip: the output that dependents see. */
  readonly output?: Json;
};

/** What a held stage takes along into a new history of its run. */
export type HoldState = {
  readonly failure: StageOutcome;
  readonly attempts: number;
  readonly decisions: readonly StageDecision[];
  readonly held_at: string;
};

/**
 * A stage with `hold_on_failure`. Out of attempts it waits for a decision, and takes no slot meanwhile:
 * ```
 * running ─out of attempts→ held ─skip→ skipped
 *    ▲                       │ └──fail→ failed | timed_out
 *    └────────retry──────────┘
 * ```
 */
export class HeldStage {
  readonly #context: StageRunContext;
  readonly #onEnd: OnStageEnd;
  readonly #run: StageRunner;
  /** Whatever the stage schedules later is cancelled with what it scheduled first. */
  readonly #scope = CancellationScope.current();
  #plan: StagePlan;
  #timer: CancellationScope | null = null;
  #failure: StageOutcome | null = null;
  #attempts = 0;
  #decisions: readonly StageDecision[] = [];

  constructor(stage: StagePlan, context: StageRunContext, onEnd: OnStageEnd, run: StageRunner) {
    this.#plan = stage;
    this.#context = context;
    this.#onEnd = onEnd;
    this.#run = run;
  }

  /** Runs the stage, as a {@link StageRunner} does. */
  start(): StageOutcome | null {
    const outcome = this.#run(this.#plan, this.#context, (_stage, later) => this.#settle(later));
    if (outcome === null || !this.#mustHold(outcome)) return outcome && this.#total(outcome);
    this.#hold(outcome, Date.now());
    return null;
  }

  /** Goes on with a wait that began in an earlier history. */
  reopen(state: HoldState): void {
    this.#attempts = state.attempts - (state.failure.attempts ?? 0);
    this.#decisions = state.decisions;
    this.#hold(state.failure, Date.parse(state.held_at));
  }

  get isHeld(): boolean {
    return this.#failure !== null;
  }

  get lastDecision(): StageDecision | null {
    return this.#decisions.at(-1) ?? null;
  }

  decide(decided: HoldDecision): void {
    const failure = this.#failure;
    if (failure === null) return;
    this.#note(decided, failure);
    this.#leave();
    switch (decided.decision) {
      case 'retry':
        this.#attempts += failure.attempts ?? 0;
        this.#plan = decided.retry?.stage ?? this.#plan;
        this.#context.mark(this.#plan, 'running');
        return void this.#scope.run(async () => this.#again());
      case 'skip':
        return this.#end({
          status: 'skipped',
          skip_reason: 'operator',
          output: decided.output ?? null,
          attempts: failure.attempts ?? 0,
          ...(failure.error === undefined ? {} : { error: failure.error }),
        });
      case 'fail':
        return this.#end(failure);
      default:
        return assertNever(decided.decision);
    }
  }

  /** Ends the wait because the run was stopped: the stage keeps the failure that it waited with. */
  giveUp(): void {
    const failure = this.#failure;
    if (failure === null) return;
    this.#leave();
    this.#end(failure);
  }

  #again(): void {
    const outcome = this.#run(this.#plan, this.#context, (_stage, later) => this.#settle(later));
    if (outcome !== null) this.#settle(outcome);
  }

  #settle(outcome: StageOutcome): void {
    if (this.#mustHold(outcome)) this.#hold(outcome, Date.now());
    else this.#end(outcome);
  }

  #mustHold({ status, isDecided = false }: StageOutcome): boolean {
    const isFailure = status === 'failed' || status === 'timed_out';
    return isFailure && !isDecided && this.#context.holds.mayHold(this.#plan);
  }

  #hold(failure: StageOutcome, since: number): void {
    this.#failure = failure;
    const { hold } = this.#plan;
    const total = this.#total(failure);
    const state: HoldState = {
      failure,
      attempts: total.attempts ?? 0,
      decisions: this.#decisions,
      held_at: isoTime(since),
    };
    const timeout = hold?.timeout_ms ?? null;
    this.#context.holds.open(this.#plan, this, {
      kind: 'held',
      message: failure.error?.message ?? '',
      since: isoTime(since),
      times_out_at: timeout === null ? null : isoTime(since + timeout),
    });
    this.#context.mark(this.#plan, 'held', { outcome: total, carry: () => state });
    if (hold !== null && hold.timeout_ms !== null) this.#startTimer(hold, since + hold.timeout_ms);
  }

  #startTimer(hold: HoldPlan, until: number): void {
    const timer = new CancellationScope({ cancellable: true, parent: this.#scope });
    this.#timer = timer;
    const left = Math.max(1, until - Date.now());
    void timer
      .run(() => sleep(left, { summary: `hold of ${this.#plan.id}` }))
      .then(() => this.decide({ decision: hold.on_timeout, by: null, reason: 'nobody decided in time' }))
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }

  #leave(): void {
    this.#failure = null;
    this.#context.holds.close(this.#plan);
    this.#timer?.cancel();
    this.#timer = null;
  }

  #note({ decision, by, reason, retry }: HoldDecision, failure: StageOutcome): void {
    const decided: StageDecision = {
      decision,
      by,
      at: isoTime(Date.now()),
      reason,
      attempts: this.#attempts + (failure.attempts ?? 0),
      error: failure.error ?? null,
      ...(retry?.params === undefined ? {} : { params: retry.params }),
    };
    this.#decisions = [...this.#decisions, decided];
  }

  #end(outcome: StageOutcome): void {
    this.#onEnd(this.#plan, this.#total(outcome));
  }

  /** An outcome with the attempts of all tries, and what was decided between them. */
  #total(outcome: StageOutcome): StageOutcome {
    if (this.#decisions.length === 0) return outcome;
    return { ...outcome, attempts: this.#attempts + (outcome.attempts ?? 0), decisions: this.#decisions };
  }
}
