/** A key as `node:readline` reports it. */
export type Key = { readonly name?: string | undefined; readonly ctrl?: boolean | undefined };

/** A question in place whose answer is typed on one line. */
export class LinePrompt {
  readonly #question: string;
  readonly #done: (answer: string | null) => void;
  #answer = '';

  /** `done` gets the answer at Enter, and null at Escape. */
  constructor(question: string, done: (answer: string | null) => void) {
    this.#question = question;
    this.#done = done;
  }

  get text(): string {
    return `${this.#question} ${this.#answer}▏`;
  }

  press(text: string | undefined, key: Key): void {
    if (key.name === 'return' || key.name === 'enter') return this.#done(this.#answer);
    if (key.name === 'escape') return this.#done(null);
    if (key.name === 'backspace') this.#answer = [...this.#answer].slice(0, -1).join('');
    else if (text !== undefined && key.ctrl !== true && text >= ' ') this.#answer += text;
  }
}
