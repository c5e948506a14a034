import type { StageActivity } from '../activities/create-activities.js';

/** The activities of one test: knows whether any of them runs. */
export class Work {
  #running = 0;

  get isGoingOn(): boolean {
    return this.#running > 0;
  }

  /** The same activities, counted while they run. */
  counted(activities: Readonly<Record<string, StageActivity>>): Record<string, StageActivity> {
    return Object.fromEntries(
      Object.entries(activities).map(([name, run]) => [name, (task) => this.#count(() => run(task))]),
    );
  }

  async #count<T>(run: () => Promise<T>): Promise<T> {
    this.#running += 1;
    try {
      return await run();
    } finally {
      this.#running -= 1;
    }
  }
}
