import type { Writable } from 'node:stream';
import { createLogUpdate } from 'log-update';
import type { WatchEvent } from '../watch-event.js';
import { drawRun } from './draw-run.js';
import { formatLogLine } from './log-text.js';
import { fit, oneLine } from './printable.js';
import type { Colours, Renderer } from './renderer.js';
import { RunModel } from './run-model.js';

const FRAME_MS = 100;
const SGR_RESET = '\u001b[0m';

/** A stream of a terminal. */
export type TerminalStream = Writable & { readonly columns?: number; readonly rows?: number };

export type TreeOptions = {
  readonly colours: Colours;
  /** @default the real time */
  readonly clock?: () => number;
};

/** Redraws the run in place on a terminal; logs scroll away above it, and its last state stays. */
export class TreeRenderer implements Renderer {
  readonly #stream: TerminalStream;
  readonly #options: TreeOptions;
  readonly #model = new RunModel();
  readonly #update: ReturnType<typeof createLogUpdate>;
  readonly #timer: NodeJS.Timeout;
  #frame = 0;
  #footer = '';

  constructor(stream: TerminalStream, options: TreeOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#update = createLogUpdate(stream);
    this.#timer = setInterval(() => this.#draw(), FRAME_MS);
    this.#draw();
  }

  show(event: WatchEvent): void {
    this.#model.apply(event);
    if (event.type === 'log') this.#update.persist(formatLogLine(event.line, this.#options.colours));
    if (event.type === 'note') this.#update.persist(this.#options.colours.yellow(`! ${event.text}`));
    this.#draw();
  }

  say(text: string): void {
    this.#update.persist(text);
    this.#draw();
  }

  footer(text: string): void {
    if (text === this.#footer) return;
    this.#footer = text;
    this.#draw();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#draw();
    this.#update.done();
  }

  #draw(): void {
    const { columns = 80, rows = 24 } = this.#stream;
    const { colours, clock = Date.now } = this.#options;
    this.#frame += 1;
    const isShown = this.#footer !== '';
    const canvas = { columns, rows: isShown ? rows - 1 : rows, colours, now: clock(), frame: this.#frame };
    const footer = isShown ? `\n${colours.dim(fit(oneLine(this.#footer), columns - 1))}` : '';
    const drawing = `${drawRun(this.#model, canvas)}${footer}`;
    // log-update loses lines when it patches a frame that keeps its first and last line but changes its height. A
    // first line that always differs makes it redraw the whole frame.
    this.#update(this.#frame % 2 === 0 ? drawing : `${SGR_RESET}${drawing}`);
  }
}
