import type { MoveRequest } from '../../src/engine/models/model-event.js';
import { ModelBook } from '../../src/engine/models/model-book.js';
import { emptyModel, type ModelState } from '../../src/engine/models/model-state.js';
import type { RegisterRequest } from '../../src/engine/models/model-version.js';

/** Asks for a version to be registered, by Ada. */
export function aVersion(version: string, more: Partial<RegisterRequest> = {}): RegisterRequest {
  return { version, by: 'ada', metrics: { f1: 0.9 }, ...more };
}

/** Asks for an alias to move, by Ada. */
export function aMove(alias: string, version: string | null, more: Partial<MoveRequest> = {}): MoveRequest {
  return { alias, version, by: 'ada', reason: 'because', ...more };
}

/** A model with so many versions, of which the oldest lie in pages that nobody can read. */
export function aLargeModel(model: string, count: number, startedAt: number): ModelState {
  const book = new ModelBook(emptyModel(model, startedAt));
  for (let n = 1; n <= count; n += 1) {
    book.register(aVersion(`1.0.${n}`), `digest-${n}`, startedAt + n * 1_000);
    const old = book.outgrown();
    if (old.versions.length < 50) continue;
    const sha256 = String(n).padStart(64, '0');
    const [from = null, to = null] = [old.events.at(0)?.at, old.events.at(-1)?.at];
    const counts = { versions: old.versions.length, events: old.events.length };
    book.turnPage({ sha256, size_bytes: 1, ...counts, from, to }, old);
  }
  return book.state;
}
