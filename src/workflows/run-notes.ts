const MOST_NOTES = 50;

/** What happened to a run that is not the end of a stage, oldest first: the last 50. */
export class RunNotes {
  readonly all: string[];

  constructor(notes: readonly string[]) {
    this.all = [...notes];
  }

  add(text: string): void {
    this.all.push(text);
    if (this.all.length > MOST_NOTES) this.all.shift();
  }
}
