import {
  allHandlersFinished,
  condition,
  continueAsNew,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { AlertBook } from '../../engine/alert-book.js';
import type { AlertEnd, AlertEvent } from '../../engine/alert-event.js';
import type { AlertNotice, AlertState, AlertView } from '../../engine/alert-state.js';
import { isoTime } from '../../engine/stage-record.js';
import { refusal } from '../steering/refusal.js';
import { AlarmClock } from './alarm-clock.js';
import { Deliveries } from './deliveries.js';
import type { AcknowledgeMessage } from './messages.js';

/** Begins with an event, or goes on in a new history. */
export type AlertInput = ({ readonly event: AlertEvent } | { readonly carried: AlertState }) & {
  /** Given by tests only. @default 1,500 */
  readonly continue_at_events?: number;
};

/** From here on an alert goes on in a new history as soon as nothing is being sent. */
const CONTINUE_AT_EVENTS = 1_500;

/** From here on it does so at once: what is being sent is taken back, and sent in the next history. */
const TAKE_BACK_AT_EVENTS = 4_000;

/** Joins the book of an alert, which decides, with the channels that it tells. */
export class AlertKeeper {
  readonly #book: AlertBook;
  readonly #clock = new AlarmClock(() => this.#wake());
  readonly #deliveries: Deliveries;
  readonly #input: AlertInput;
  #isDue = true;
  #shown = '';

  constructor(input: AlertInput) {
    this.#input = input;
    this.#book = new AlertBook('event' in input ? input.event : input.carried);
    this.#deliveries = new Deliveries((notice, error) => {
      if (error === undefined) this.#book.putBack(notice);
      else this.#book.settle(notice, error, Date.now());
      this.#wake();
    });
  }

  fire(event: AlertEvent): void {
    this.#book.fire(event);
    this.#wake();
  }

  end(end: AlertEnd): void {
    this.#book.end(end);
    this.#wake();
  }

  close(reason: string): void {
    this.end({ key: this.#book.state.key, at: isoTime(Date.now()), reason, by: 'cancellation' });
  }

  checkAcknowledge(message: AcknowledgeMessage): void {
    const reason = isWhole(message) ? this.#book.refusal() : 'it does not say who acknowledges it';
    if (reason !== null) throw refusal(`alert "${this.#book.state.key}" cannot be acknowledged: ${reason}`);
  }

  acknowledge({ by, comment }: AcknowledgeMessage): AlertView {
    this.#book.acknowledge(by, comment ?? null, Date.now());
    this.#wake();
    return this.view();
  }

  acknowledgeQuietly(message: AcknowledgeMessage): void {
    if (isWhole(message) && this.#book.refusal() === null) this.acknowledge(message);
  }

  view(): AlertView {
    return this.#book.view(Date.now());
  }

  /** Until its end was told. */
  async keep(): Promise<AlertView> {
    for (;;) {
      this.#isDue = false;
      const { historyLength } = workflowInfo();
      if (historyLength >= TAKE_BACK_AT_EVENTS) await this.#deliveries.takeBack();
      if (historyLength >= (this.#input.continue_at_events ?? CONTINUE_AT_EVENTS) && !this.#book.isSending)
        return this.#continue();
      this.#send(this.#book.advance(Date.now()));
      this.#show();
      const { isOver } = this.#book;
      if (isOver && allHandlersFinished()) return this.view();
      this.#clock.set(this.#book.nextAt(Date.now()));
      // One step after the other: this is the loop of the workflow.
      // oxlint-disable-next-line no-await-in-loop
      await condition(() => this.#isDue || (isOver && allHandlersFinished()));
    }
  }

  #wake(): void {
    this.#isDue = true;
  }

  #send(notices: readonly AlertNotice[]): void {
    if (notices.length === 0) return;
    const view = this.view();
    for (const notice of notices) this.#deliveries.start(notice, view);
  }

  /** Lists show what is in the memo, so that they ask no worker. */
  #show(): void {
    const view = this.view();
    const shown = JSON.stringify(view);
    if (shown === this.#shown) return;
    this.#shown = shown;
    upsertMemo({ alert: view });
  }

  async #continue(): Promise<never> {
    await condition(allHandlersFinished);
    const { continue_at_events } = this.#input;
    return continueAsNew<(input: AlertInput) => Promise<AlertView>>({
      carried: this.#book.state,
      ...(continue_at_events === undefined ? {} : { continue_at_events }),
    });
  }
}

function isWhole(message: unknown): message is AcknowledgeMessage {
  return typeof message === 'object' && message !== null && 'by' in message && typeof message.by === 'string';
}
