import type { RunInput } from '../engine/run-input.js';
import type { RunJournal } from '../engine/run-journal.js';

const MOST_NOTES = 50;

/** What happened to a run that is not the end of a stage, oldest first: the last 50. */
export class RunNotes {
  readonly all: string[];
  readonly #journal: RunJournal | null;

  constructor(notes: readonly string[], journal: RunJournal | null = null) {
    this.all = [...notes];
    this.#journal = journal;
  }

  add(text: string): void {
    this.all.push(text);
    this.#journal?.note(text);
    if (this.all.length > MOST_NOTES) this.all.shift();
  }
}

/** What is noted of a run as it begins. */
export function firstNotes({ forced, forced_past }: RunInput): readonly string[] {
  if (forced !== true) return [];
  if (forced_past === undefined) return ['started although a requirement was not met'];
  return forced_past.map((reason) => `started by force although ${reason}`);
}
