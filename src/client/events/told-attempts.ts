import { errorEvent } from './completed.js';
import type { EventError, StageErrorEvent } from './run-event.js';

/** Which failed attempts of open stages were told. */
export class ToldAttempts {
  readonly #told = new Map<string, number>();

  get all(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#told);
  }

  /** All up to this attempt were told. */
  raise(stage: string, attempt: number): void {
    if (attempt > (this.#told.get(stage) ?? 0)) this.#told.set(stage, attempt);
  }

  forget(stage: string): void {
    this.#told.delete(stage);
  }

  /** The attempts before this one that were not told. Only the last one's error is known. */
  before(
    stage: string,
    attempt: number,
    error: EventError | null,
    times: { readonly at: number; readonly next: number | null },
  ): readonly StageErrorEvent[] {
    const first = (this.#told.get(stage) ?? 0) + 1;
    const failed = Array.from({ length: Math.max(0, attempt - first) }, (_, i) => first + i);
    this.raise(stage, attempt - 1);
    return failed.map((number) => {
      const isLast = number === attempt - 1;
      return errorEvent(stage, times.at, {
        attempt: number,
        error: isLast ? error : null,
        next: isLast ? times.next : null,
        willRetry: true,
      });
    });
  }
}
