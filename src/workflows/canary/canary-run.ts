import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  continueAsNew,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { CanaryInput, CanaryReport, CanaryView } from '../../engine/canary.js';
import { CanaryBook } from '../../engine/canary-book.js';
import type { CanaryMove, MeasureMove } from '../../engine/canary-move.js';
import { canaryReport, canaryView } from '../../engine/canary-view.js';
import { assertNever } from '../../shared/assert-never.js';
import { ERROR_TYPE } from '../../shared/names.js';
import { isHistoryLong } from '../history-limits.js';
import { measureKpis, setWeight } from './calls.js';
import { canaryDetails } from './details.js';
import type { CanaryStatus } from './messages.js';
import { CanaryTeller } from './teller.js';

/** From here on a canary goes on in a new history as soon as nothing is under way. */
const CONTINUE_AT_EVENTS = 4_000;

/** One canary: joins the book, which decides, with the activities that move and measure traffic. */
export class CanaryRun {
  readonly input: CanaryInput;
  readonly book: CanaryBook;
  readonly #teller: CanaryTeller;
  /** What is under way and may be given up. */
  #open: CancellationScope | null = null;
  #isWoken = false;
  #isCancelled = false;
  #endedAt: number | null = null;

  constructor(input: CanaryInput) {
    this.input = input;
    this.book = new CanaryBook(input, Date.now());
    this.#teller = new CanaryTeller(input.run, this.book.state.started_at);
    const details = { toJSON: () => canaryDetails(this.status(), this.input) };
    setCurrentDetails(details as unknown as string);
  }

  /** Until all traffic goes to one version. Throws what the workflow ends with when that is the baseline. */
  async execute(): Promise<CanaryReport> {
    for (;;) {
      const move = this.book.advance(Date.now());
      this.#teller.tell(this.view());
      if (move.type === 'end') return this.#end();
      // One step after the other: this is the loop of the workflow.
      // oxlint-disable-next-line no-await-in-loop
      await this.#make(move);
    }
  }

  view(): CanaryView {
    return canaryView(this.input, this.book.state, this.#place);
  }

  status(): CanaryStatus {
    const { step, soak_left_ms, waits_for } = this.view();
    return { ...this.#report(), step, soak_left_ms, waits_for };
  }

  /** Looks again at what is to be done. With `interrupt` what is under way is given up first. */
  wake({ interrupt }: { readonly interrupt: boolean }): void {
    this.#isWoken = true;
    if (interrupt) this.#open?.cancel();
  }

  cancel(): void {
    this.#isCancelled = true;
    this.book.rollBack({ by: 'cancellation', reason: 'it was cancelled' }, Date.now());
    this.wake({ interrupt: true });
  }

  get #place(): { readonly workflowId: string; readonly now: number } {
    return { workflowId: workflowInfo().workflowId, now: Date.now() };
  }

  #report(): CanaryReport {
    return canaryReport(this.input, this.book.state, { ...this.#place, endedAt: this.#endedAt });
  }

  #make(move: Exclude<CanaryMove, { type: 'end' }>): Promise<void> {
    switch (move.type) {
      case 'shift':
        return this.#shift(move.weight);
      case 'measure':
        return this.#measure(move);
      case 'wait':
        return this.#wait(move.until);
      default:
        return assertNever(move);
    }
  }

  async #shift(weight: number): Promise<void> {
    const { error, isGivenUp } = await this.#underWay(!this.book.isRollingBack, () =>
      setWeight(this.input, weight),
    );
    if (isGivenUp) return;
    if (error === null) this.book.shifted(weight, Date.now());
    else this.book.refused(weight, error, Date.now());
  }

  async #measure(over: MeasureMove): Promise<void> {
    const { value, error, isGivenUp } = await this.#underWay(true, () => measureKpis(this.input, over));
    if (!isGivenUp) this.book.measured(value ?? error ?? 'nothing was measured', Date.now(), over);
  }

  /** Whatever came back from something that was given up does not count. */
  async #underWay<T>(
    mayBeGivenUp: boolean,
    work: () => Promise<T>,
  ): Promise<{ readonly value: T | null; readonly error: string | null; readonly isGivenUp: boolean }> {
    const scope = new CancellationScope();
    if (mayBeGivenUp) this.#open = scope;
    try {
      const value = await scope.run(work);
      return { value, error: null, isGivenUp: scope.consideredCancelled };
    } catch (error) {
      return { value: null, error: reasonOf(error), isGivenUp: scope.consideredCancelled };
    } finally {
      this.#open = null;
    }
  }

  async #wait(until: number | null): Promise<void> {
    this.#isWoken = false;
    const { continue_at_events = CONTINUE_AT_EVENTS } = this.input;
    if (isHistoryLong(continue_at_events) && allHandlersFinished()) return this.#continue();
    const isWoken = (): boolean => this.#isWoken;
    if (until === null) await condition(isWoken);
    else await condition(isWoken, Math.max(1, until - Date.now()));
  }

  /** Unless somebody says something at the last moment. */
  async #continue(): Promise<void> {
    await this.#teller.settled();
    if (this.#isWoken || !allHandlersFinished()) return;
    await continueAsNew<(input: CanaryInput) => Promise<never>>({ ...this.input, carried: this.book.state });
  }

  async #end(): Promise<CanaryReport> {
    this.#endedAt = Date.now();
    await this.#teller.settled();
    if (!allHandlersFinished()) await condition(allHandlersFinished);
    const report = this.#report();
    const { phase, decision } = report;
    if (phase === 'promoted') return report;
    if (this.#isCancelled && phase === 'rolled_back') throw new CancelledFailure('The canary was cancelled');
    const what = phase === 'rolled_back' ? 'rolled back' : 'could not be rolled back';
    throw ApplicationFailure.create({
      type: ERROR_TYPE.canary,
      message: `${what}: ${decision?.reason ?? 'no reason'}`,
      nonRetryable: true,
      details: [report],
    });
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? (error.cause ?? error) : error;
  const { message } = cause instanceof Error ? cause : { message: String(cause) };
  return message.slice(0, 500);
}
