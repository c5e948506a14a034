/**
 * Tells another workflow things, one message at a time: what comes up while one is under way travels together, so that
 * neither history grows with a burst.
 */
export class Courier<T> {
  readonly #send: (things: readonly T[]) => Promise<void>;
  #waiting: T[] = [];
  #isOnTheWay = false;

  constructor(send: (things: readonly T[]) => Promise<void>) {
    this.#send = send;
  }

  /** True until all was told. */
  get isBusy(): boolean {
    return this.#isOnTheWay;
  }

  tell(thing: T): void {
    this.#waiting.push(thing);
    if (!this.#isOnTheWay) void this.#carry();
  }

  async #carry(): Promise<void> {
    this.#isOnTheWay = true;
    // What happens in the same moment goes along.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const things = this.#waiting;
      this.#waiting = [];
      // oxlint-disable-next-line no-await-in-loop
      await this.#send(things);
    }
    this.#isOnTheWay = false;
  }
}
