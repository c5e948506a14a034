import type pc from 'picocolors';
import type { WatchEvent } from '../watch-event.js';

export type Colours = ReturnType<typeof pc.createColors>;

/** Shows a run to a person. It gets every event of the run, in order, and then is closed. */
export interface Renderer {
  show(event: WatchEvent): void;
  /** Says something of the command's own. */
  say(text: string): void;
  /** Shows a line below the run until it is replaced; empty for none. */
  footer(text: string): void;
  /** Leaves the terminal as it found it. Must be called also when watching is given up. */
  close(): void;
}
