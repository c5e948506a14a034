import { CancellationScope, scheduleActivity } from '@temporalio/workflow';
import type { ModelBook } from '../../engine/models/model-book.js';
import type { ModelPageContent } from '../../engine/models/model-state.js';
import type { ModelPageTask } from '../../shared/model-task.js';
import { ACTIVITY } from '../../shared/names.js';
import type { OutputRef } from '../../shared/task.js';

/** So many records that have outgrown the book make a page. */
const VERSIONS_A_PAGE = 50;
const EVENTS_A_PAGE = 100;

/** Keeps old records of a model in the store, one page after the other, so that its histories stay small. */
export class ModelPages {
  readonly #model: string;
  readonly #book: ModelBook;
  readonly #onTurned: () => void;
  #isTurning = false;

  constructor(model: string, book: ModelBook, onTurned: () => void) {
    this.#model = model;
    this.#book = book;
    this.#onTurned = onTurned;
  }

  get isTurning(): boolean {
    return this.#isTurning;
  }

  /** Begins a page if there is enough for one. Where the store does not answer the records stay for the next time. */
  turn(): void {
    const content = this.#book.outgrown();
    const isFull = content.versions.length >= VERSIONS_A_PAGE || content.events.length >= EVENTS_A_PAGE;
    if (this.#isTurning || !isFull) return;
    this.#isTurning = true;
    void this.#keep(content).then(
      () => {
        this.#isTurning = false;
        this.#onTurned();
      },
      () => {
        this.#isTurning = false;
      },
    );
  }

  async #keep(content: ModelPageContent): Promise<void> {
    const { versions, events } = content;
    const task: ModelPageTask = { model: this.#model, content: { versions, events } };
    const stored = await CancellationScope.nonCancellable(() =>
      scheduleActivity<OutputRef>(ACTIVITY.modelPage, [task], {
        summary: `${versions.length} versions, ${events.length} events`,
        startToCloseTimeout: '30s',
        // The model takes no orders while it waits for this to go on in a new history.
        scheduleToCloseTimeout: '2m',
      }),
    );
    const from = events.at(0)?.at ?? null;
    const to = events.at(-1)?.at ?? null;
    const counts = { versions: versions.length, events: events.length };
    this.#book.turnPage({ ...stored, ...counts, from, to }, content);
  }
}
