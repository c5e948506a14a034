import { z } from 'zod';
import { ClientError } from '../client-error.js';

/** A place in the events of a run. */
export type Cursor = {
  /** The execution: a run that went on in a new history has several. */
  readonly runId: string;
  /** ID of the event in that history. */
  readonly event: number;
  /** Of what the event tells, how many were given. */
  readonly index: number;
  /** Waves of the executions before. */
  readonly waves: number;
  /** Failed attempts of open stages that were told before the history did. */
  readonly told: Readonly<Record<string, number>>;
  /** Where the streams of open stages are, for those who read chunks as well. */
  readonly streams?: Readonly<Record<string, string>>;
};

const shape = z.tuple([
  z.string().min(1),
  z.number().int().min(0),
  z.number().int().min(0),
  z.number().int().min(0),
  z.record(z.string(), z.number().int().min(1)).optional(),
  z.record(z.string(), z.string()).optional(),
]);

/** A cursor as text without meaning to others. */
export function writeCursor({ runId, event, index, waves, told, streams = {} }: Cursor): string {
  const hasStreams = Object.keys(streams).length > 0;
  const hasTold = Object.keys(told).length > 0 || hasStreams;
  const parts = [runId, event, index, waves, ...(hasTold ? [told] : []), ...(hasStreams ? [streams] : [])];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Throws a {@link ClientError} with code `bad_cursor` for anything but the cursor of an event. */
export function readCursor(text: string): Cursor {
  const parsed = shape.safeParse(parseJson(Buffer.from(text, 'base64url').toString('utf8')));
  if (!parsed.success) throw badCursor(`"${text.slice(0, 80)}" is not the cursor of an event.`);
  const [runId, event, index, waves, told = {}, streams] = parsed.data;
  return { runId, event, index, waves, told, ...(streams === undefined ? {} : { streams }) };
}

export function badCursor(message: string, cause?: unknown): ClientError {
  return new ClientError('bad_cursor', message, {
    hint: 'Copy the whole `cursor` of an event of this run, or leave it out to begin at the start.',
    ...(cause === undefined ? {} : { cause }),
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
