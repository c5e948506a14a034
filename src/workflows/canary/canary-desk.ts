import { setHandler } from '@temporalio/workflow';
import { type CanaryProgress, canaryProgressSignal } from './messages.js';

type Listener = (progress: CanaryProgress) => void;

/** Where the canaries of a run report to. */
export class CanaryDesk {
  readonly #listeners = new Map<string, Listener>();
  #isListening = false;

  open(stage: string, listener: Listener): void {
    this.#listeners.set(stage, listener);
    if (this.#isListening) return;
    this.#isListening = true;
    setHandler(canaryProgressSignal, (progress) => this.#listeners.get(progress.stage)?.(progress), {
      description: 'Sent by the canaries of the run',
    });
  }

  close(stage: string): void {
    this.#listeners.delete(stage);
  }
}
