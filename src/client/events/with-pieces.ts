import { setTimeout as delay } from 'node:timers/promises';
import type { RunEvent } from './run-event.js';
import type { StagePiece, StagePieces } from './stage-pieces.js';

/** So often is looked for chunks while nothing comes. */
const FIRST_LOOK_MS = 100;
const LAST_LOOK_MS = 500;

export type PiecesOptions = {
  readonly events: (signal: AbortSignal) => AsyncGenerator<RunEvent, void>;
  readonly pieces: StagePieces;
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
};

/**
 * Events of a run with what its stages yield between them: after the start of a stage and before its end, in the order of
 * the stage. Events are read ahead by one.
 */
export async function* withPieces({
  events: open,
  pieces,
  signal,
}: PiecesOptions): AsyncGenerator<RunEvent | StagePiece, void> {
  const stop = new AbortController();
  const events = open(signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]));
  const isStopped = (): boolean => signal?.aborted === true;
  let next = events.next();
  let pause = FIRST_LOOK_MS;
  try {
    while (!isStopped()) {
      const piece = await pieces.take();
      if (piece !== null) yield piece;
      pause = piece === null ? Math.min(pause * 2, LAST_LOOK_MS) : FIRST_LOOK_MS;
      const told = await within(next, piece === null ? pause : 0);
      if (told === null) continue;
      if (told.done === true) break;
      const event = told.value;
      if (event.type === 'stage_started') pieces.open(event.stage);
      if (event.type === 'stage_completed') yield* rest(() => pieces.takeOf(event.stage));
      if (event.type === 'stage_completed') pieces.close(event.stage);
      yield event;
      next = events.next();
    }
    // Where nobody waits for the end of the run, what is there is all.
    if (!isStopped()) yield* rest(() => pieces.take());
  } finally {
    stop.abort();
    await Promise.allSettled([next, events.return()]);
  }
}

async function* rest(take: () => Promise<StagePiece | null>): AsyncGenerator<StagePiece, void> {
  for (let piece = await take(); piece !== null; piece = await take()) yield piece;
}

/** What is waited for, or null where it takes longer. Leaves no timer behind. */
async function within<T>(wanted: Promise<T>, ms: number): Promise<T | null> {
  const over = new AbortController();
  try {
    return await Promise.race([wanted, delay(ms, null, { signal: over.signal }).catch(() => null)]);
  } finally {
    over.abort();
  }
}
