import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/** One timer that is early enough. One that rings too early costs less than setting a new one. */
export class AlarmClock {
  readonly #ring: () => void;
  #at: number | null = null;
  #scope: CancellationScope | null = null;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Rings at this moment or before; null leaves the clock as it is. */
  set(at: number | null): void {
    if (at === null || (this.#at !== null && this.#at <= at)) return;
    this.#scope?.cancel();
    const scope = new CancellationScope();
    this.#scope = scope;
    this.#at = at;
    void scope
      .run(() => sleep(Math.max(at - Date.now(), 1)))
      .then(() => {
        this.#at = null;
        this.#ring();
      })
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }
}
