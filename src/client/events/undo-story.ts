import { isoTime } from '../../engine/stage-record.js';
import type { Fact } from './fact.js';
import type { EventError, RunEventBody } from './run-event.js';

/** The activity that undoes a stage has its ID with this behind it. */
const UNDO = '.undo';

/** Makes events of the activities that take back what stages did. */
export class UndoStory {
  readonly #open = new Map<number, { readonly stage: string; attempt: number }>();

  /** The stage that an activity with this ID undoes; null where it undoes none. */
  schedule(id: number, activityId: string): string | null {
    if (!activityId.endsWith(UNDO)) return null;
    const stage = activityId.slice(0, -UNDO.length);
    this.#open.set(id, { stage, attempt: 1 });
    return stage;
  }

  attempt({ scheduledId, attempt }: Extract<Fact, { kind: 'attempt' }>): void {
    const undo = this.#open.get(scheduledId);
    if (undo !== undefined) undo.attempt = attempt;
  }

  /** What the end of an activity tells, where that undid a stage. */
  end(scheduledId: number, at: number, error: EventError | null | undefined): RunEventBody | null {
    const undo = this.#open.get(scheduledId);
    if (undo === undefined) return null;
    this.#open.delete(scheduledId);
    return {
      type: 'undo_completed',
      at: isoTime(at),
      stage: undo.stage,
      status: error === undefined ? 'succeeded' : 'failed',
      attempts: undo.attempt,
      error: error ?? null,
    };
  }
}
