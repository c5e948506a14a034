import type { RunLedger } from '../../engine/run-ledger.js';
import { isoTime, type OpenDetails } from '../../engine/stage-record.js';
import type { OpenStage } from '../../engine/steering.js';
import type { Json } from '../../shared/json.js';
import type { StageWait } from '../stages/stage-context.js';

/** The stages of a run that wait for people in a way that can go on in a new history. */
export class OpenWaits {
  readonly #waits = new Map<string, () => Json>();

  get count(): number {
    return this.#waits.size;
  }

  /** `wait` is undefined for a stage that runs again, or waits in a way that holds the run in its history. */
  set(id: string, wait: StageWait | undefined): void {
    if (wait?.carry === undefined) this.#waits.delete(id);
    else this.#waits.set(id, wait.carry);
  }

  /** What the next history reopens. */
  carried(ledger: RunLedger): readonly OpenStage[] {
    return [...this.#waits].flatMap(([id, carry]) => {
      const { status, startedAt } = ledger.record(id) ?? { status: 'pending', startedAt: null };
      if (startedAt === null || (status !== 'held' && status !== 'awaiting_approval')) return [];
      return [{ id, status, started_at: isoTime(startedAt), wait: carry() }];
    });
  }
}

/** What a wait shows of the stage. */
export function shownIn(wait: StageWait | undefined): OpenDetails {
  if (wait === undefined) return {};
  const { carry: _carry, ...shown } = wait;
  return shown;
}
