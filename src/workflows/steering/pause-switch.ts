import type { Paused } from '../../engine/steering.js';

/** Whether a run is paused. Whoever starts work asks it, and is told when it changes. */
export class PauseSwitch {
  #paused: Paused | null;
  readonly #listeners = new Set<(paused: Paused | null) => void>();

  constructor(paused: Paused | null) {
    this.#paused = paused;
  }

  /** Nothing new may start while this is true. */
  get isOn(): boolean {
    return this.#paused !== null;
  }

  /** Who paused the run, when and why; null while it is not paused. */
  get paused(): Paused | null {
    return this.#paused;
  }

  /** Pauses the run, or lets it go on. */
  set(paused: Paused | null): void {
    this.#paused = paused;
    for (const listener of this.#listeners) listener(paused);
  }

  /** Calls `listener` at every change, until the function that it gives is called. */
  onChange(listener: (paused: Paused | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
