import { assertNever } from '../shared/assert-never.js';
import type { KpiMeasurement } from '../shared/canary-task.js';
import type { CanaryInput, CarriedCanary, Evaluation } from './canary.js';
import { type Cause, decided } from './canary-decision.js';
import { evaluate, verdictWords } from './canary-judge.js';
import { dueMeasure, isBreach, nextLookAt, windowAfter } from './canary-looks.js';
import type { CanaryMove, MeasureMove } from './canary-move.js';
import { doubtQuestion, doubtWords, promotionQuestion } from './canary-question.js';
import { isOver, newCanary, soakLeftMs, withNote } from './canary-state.js';
import { withEnd, withEvaluation, withStep } from './canary-steps.js';
import { lateDecision, nextTime } from './canary-times.js';
import { nextTry } from './canary-way-back.js';
import { isoTime } from './stage-record.js';
import type { Paused, Steer } from './steering.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The book of a canary: it is told what happened and says what to do. It knows neither clock nor promise.
 * ```
 *              ┌──────────────step passed───────────────┐
 *              ▼                                        │
 *   start ─→ shifting ─weight set→ soaking ─────────────┤─last one→ promoted
 *              ▲                   │  ▲ └inconclusive→ asking ──accepted┘
 *              │                   │  └─conclusive, resumed─┘
 *              └─approved─ awaiting_promotion ←─before weight 100─ (step passed)
 *
 *   any of them ─breach, abort, cancel, time, refusal→ rolling_back ─weight 0 set→ rolled_back
 *                                                              └─refused for long→ rollback_failed
 * ```
 * While it asks or awaits promotion it goes on measuring, so that a breach is rolled back then too.
 */
export class CanaryBook {
  readonly #input: CanaryInput;
  readonly #state: Mutable<CarriedCanary>;

  constructor(input: CanaryInput, now: number) {
    this.#input = input;
    this.#state = { ...(input.carried ?? newCanary(now)) };
    if (input.carried === undefined) this.#enter(0, now);
  }

  get state(): CarriedCanary {
    return this.#state;
  }

  get isPaused(): boolean {
    return this.#state.paused !== null || this.#state.run_paused !== null;
  }

  /** True while nothing but the roll back may follow. */
  get isRollingBack(): boolean {
    return this.#state.phase === 'rolling_back';
  }

  /** Takes the passing of time into account, and says what to do. */
  advance(now: number): CanaryMove {
    this.#timeOut(now);
    const { phase } = this.#state;
    switch (phase) {
      case 'shifting':
        return this.isPaused ? this.#wait() : this.#shift(this.#weightOf(this.#state.step));
      case 'rolling_back':
        return (this.#state.way_back?.next_at ?? 0) > now ? this.#wait() : this.#shift(0);
      case 'soaking':
      case 'asking':
      case 'awaiting_promotion':
        return dueMeasure(this.#input, this.#state, now) ?? this.#wait();
      case 'promoted':
      case 'rolled_back':
      case 'rollback_failed':
        return { type: 'end' };
      default:
        return assertNever(phase);
    }
  }

  /** The target took a weight. */
  shifted(weight: number, now: number): void {
    const state = this.#state;
    state.weight = weight;
    if (this.isRollingBack) {
      state.phase = 'rolled_back';
      return;
    }
    const { soak_ms = 0 } = this.#input.steps[state.step] ?? {};
    state.steps = withStep(state.steps, weight, now);
    state.phase = 'soaking';
    state.soak_left_ms = soak_ms;
    state.soaking_since = this.isPaused ? null : now;
    state.inconclusive_since = null;
    state.window_seconds = null;
    if (state.at_once || soak_ms === 0) this.#pass(now);
    else this.#evaluateNext(now);
  }

  /** The target did not take a weight. What brings traffic back is asked for again, because a person may mend it. */
  refused(weight: number, message: string, now: number): void {
    const state = this.#state;
    const reason = `the target did not take weight ${weight}: ${message}`;
    state.weight = null;
    if (!this.isRollingBack) return this.rollBack({ by: 'target', reason }, now);
    const { roll_back_for_ms: limitMs } = this.#input;
    state.way_back = nextTry(state, { reason: message, now, limitMs });
    if (state.way_back !== null) return;
    state.phase = 'rollback_failed';
    const cause = state.decision;
    if (cause !== null) state.decision = { ...cause, reason: `${cause.reason}; then ${reason}` };
  }

  /** The KPIs were measured as `advance` said, or could not be: then the reason is given. */
  measured(measurements: readonly KpiMeasurement[] | string, now: number, over: MeasureMove): void {
    const state = this.#state;
    if (state.next_evaluation_at === null) return;
    const { window_seconds, is_look } = over;
    const { kpis } = this.#input;
    const hasBaseline = (state.weight ?? 0) < 100;
    const evaluation = { ...evaluate(kpis, measurements, { hasBaseline, now }), window_seconds };
    if (is_look && !isBreach(kpis, evaluation)) {
      state.next_look_at = nextLookAt(this.#input, state, now);
      return;
    }
    state.steps = withEvaluation(state.steps, evaluation);
    state.window_seconds = windowAfter(this.#input, state, { evaluation, now });
    if (evaluation.verdict === 'inconclusive') this.#doubt(evaluation, now);
    else this.#conclude(evaluation, now);
    if (state.next_evaluation_at !== null) this.#evaluateNext(now);
  }

  /** A person takes all traffic to the candidate now, or approves that. */
  promote(who: Steer, now: number): void {
    const state = this.#state;
    const isAsked = state.question?.about === 'promotion';
    this.note(`promoted by ${who.by}`, who.reason, now);
    state.paused = null;
    this.#promoteBy({ by: 'people', who: who.by, reason: who.reason ?? 'a person decided so' }, now);
    if (isAsked) return;
    state.at_once = true;
    if (state.weight === 100) return this.#pass(now);
    state.steps = withEnd(state.steps, 'left', now);
    this.#enter(this.#input.steps.length - 1, now);
  }

  /** A person takes the step as passed. */
  acceptStep(who: Steer, now: number): void {
    const { step } = this.#state;
    this.note(`step ${step + 1} accepted by ${who.by}`, who.reason, now);
    this.#state.paused = null;
    this.#pass(now);
  }

  pause({ by, reason = null }: Steer, now: number): void {
    this.note(`paused by ${by}`, reason, now);
    this.#hold(now, () => (this.#state.paused = { by, reason, at: isoTime(now) }));
  }

  /** Goes on after a pause, and measures an inconclusive step again. */
  resume({ by, reason }: Steer, now: number): void {
    this.note(`resumed by ${by}`, reason, now);
    if (this.#state.phase === 'asking') this.#soakOn(now);
    this.#hold(now, () => {
      this.#state.paused = null;
    });
  }

  /** The run that it belongs to was paused, or goes on (null). */
  pauseRun(paused: Paused | null, now: number): void {
    this.#hold(now, () => {
      this.#state.run_paused = paused;
    });
  }

  /** Sends everything to the baseline. What is over, or on the way there already, stays so. */
  rollBack(cause: Cause, now: number): void {
    const state = this.#state;
    if (isOver(state.phase) || this.isRollingBack) return;
    state.decision = decided('roll_back', cause, now);
    state.phase = state.was_touched ? 'rolling_back' : 'rolled_back';
    state.question = null;
    state.next_evaluation_at = null;
    const isFound = cause.by === 'kpis' || cause.by === 'policy';
    state.steps = withEnd(state.steps, isFound ? 'failed' : 'left', now);
  }

  /** Asks a target again at once that refused the way back. */
  tryAgain(now: number): void {
    const { way_back = null } = this.#state;
    if (way_back !== null) this.#state.way_back = { ...way_back, next_at: now };
  }

  note(text: string, reason: string | null | undefined, now: number): void {
    this.#state.notes = withNote(this.#state.notes, { text, reason, now });
  }

  #weightOf(step: number): number {
    return this.#input.steps[step]?.weight ?? 100;
  }

  #shift(weight: number): CanaryMove {
    this.#state.was_touched = true;
    return { type: 'shift', weight };
  }

  #wait(): CanaryMove {
    return { type: 'wait', until: nextTime(this.#input, this.#state) };
  }

  #timeOut(now: number): void {
    const late = isOver(this.#state.phase) ? null : lateDecision(this.#input, this.#state, now);
    if (late === null) return;
    const cause: Cause = { by: 'timeout', reason: late.reason };
    if (late.decision === 'promote') this.#promoteBy(cause, now);
    else this.rollBack(cause, now);
  }

  #promoteBy(cause: Cause, now: number): void {
    this.#state.decision = decided('promote', cause, now);
    this.#state.question = null;
    if (this.#state.phase === 'awaiting_promotion') this.#state.phase = 'shifting';
  }

  /** Begins a step; people are asked before the one that takes all traffic. */
  #enter(step: number, now: number): void {
    const state = this.#state;
    state.step = step;
    state.question = null;
    state.phase = 'shifting';
    if (this.#weightOf(step) < 100 || this.#input.rules.promote === 'automatic') return;
    if (state.decision !== null) return;
    state.phase = 'awaiting_promotion';
    state.question = promotionQuestion(this.#input, state, now);
  }

  #conclude({ verdict, kpis }: Evaluation, now: number): void {
    const state = this.#state;
    state.inconclusive_since = null;
    const failed = state.steps.at(-1)?.counts.failed ?? 0;
    if (verdict === 'failed' && failed > this.#input.rules.failure_limit) {
      return this.rollBack({ by: 'kpis', reason: verdictWords(kpis, 'failed') }, now);
    }
    if (state.phase === 'asking') this.#soakOn(now);
    if (verdict === 'successful' && this.#isSoaked(now)) this.#pass(now);
  }

  #doubt(evaluation: Evaluation, now: number): void {
    const state = this.#state;
    const { inconclusive, inconclusive_after_ms } = this.#input.rules;
    if (state.phase !== 'soaking') return;
    state.inconclusive_since ??= now;
    const lastingMs = now - state.inconclusive_since;
    if (inconclusive === 'pass') {
      if (this.#isSoaked(now)) this.#pass(now);
      return;
    }
    if (lastingMs < inconclusive_after_ms) return;
    const words = doubtWords(evaluation, lastingMs);
    if (inconclusive === 'fail') return this.rollBack({ by: 'policy', reason: words }, now);
    this.#hold(now, () => {
      state.phase = 'asking';
    });
    state.question = doubtQuestion(this.#input, state, { words, now });
  }

  /** Soaks again after a question. */
  #soakOn(now: number): void {
    this.#state.question = null;
    this.#state.inconclusive_since = null;
    this.#hold(now, () => {
      this.#state.phase = 'soaking';
    });
  }

  #isSoaked(now: number): boolean {
    return this.#state.phase === 'soaking' && !this.isPaused && soakLeftMs(this.#state, now) === 0;
  }

  #pass(now: number): void {
    const state = this.#state;
    state.steps = withEnd(state.steps, 'passed', now);
    if (state.step + 1 < this.#input.steps.length) return this.#enter(state.step + 1, now);
    state.question = null;
    state.next_evaluation_at = null;
    state.phase = 'promoted';
    state.decision ??= decided('promote', { by: 'kpis', reason: 'every step passed' }, now);
  }

  #evaluateNext(now: number): void {
    const { interval_ms } = this.#input.rules;
    const left = soakLeftMs(this.#state, now);
    this.#state.next_evaluation_at = now + (left > 0 ? Math.min(interval_ms, left) : interval_ms);
    this.#state.next_look_at = nextLookAt(this.#input, this.#state, now);
  }

  /** Stops the clock of the soak over a change, and lets it run again where it may. */
  #hold(now: number, change: () => void): void {
    this.#state.soak_left_ms = soakLeftMs(this.#state, now);
    change();
    this.#state.soaking_since = this.#state.phase === 'soaking' && !this.isPaused ? now : null;
  }
}
