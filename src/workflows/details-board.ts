import { setCurrentDetails } from '@temporalio/workflow';
import type { StageRecord } from '../engine/stage-record.js';
import { detailsOf, type RowCache } from './details.js';

/** Plans above this size refresh their table at most once a second of workflow time. */
const LARGE_PLAN = 100;

/** Keeps the run's table in the Temporal Web UI fresh, once for all that changed in a workflow task. */
export class DetailsBoard {
  readonly #size: number;
  readonly #records: () => Iterable<StageRecord>;
  readonly #rows: RowCache = new Map();
  #isDue = false;
  #drawnAt = 0;

  constructor(size: number, records: () => Iterable<StageRecord>) {
    this.#size = size;
    this.#records = records;
  }

  /** Has the table drawn at the end of the workflow task. */
  refresh(): void {
    this.#isDue = true;
  }

  /** Draws the table if it is due. */
  flush(): void {
    if (!this.#isDue || (this.#size > LARGE_PLAN && Date.now() - this.#drawnAt < 1_000)) return;
    this.draw();
  }

  /** Draws the table now. */
  draw(): void {
    this.#isDue = false;
    this.#drawnAt = Date.now();
    setCurrentDetails(detailsOf(this.#records(), this.#rows));
  }
}
