import { isoTime } from '../../engine/stage-record.js';
import type { Amendment, Steer } from '../../engine/steering.js';
import type { Json } from '../../shared/json.js';

/** Keeps account of what people change about a run. */
export class ChangeLog {
  readonly #amendments: Amendment[];

  constructor(amendments: readonly Amendment[]) {
    this.#amendments = [...amendments];
  }

  get amendments(): readonly Amendment[] {
    return this.#amendments;
  }

  add(
    message: Steer,
    what: string,
    { before, after }: { readonly before: Json; readonly after: Json },
  ): void {
    const { by, reason = null } = message;
    this.#amendments.push({ by, at: isoTime(Date.now()), reason, what, before, after });
  }
}
