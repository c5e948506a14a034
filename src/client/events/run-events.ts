import type { Client } from '@temporalio/client';
import type { RunHandle } from '../run-handle.js';
import { eventSource } from './event-source.js';
import { readEvents, type ReadEventsOptions } from './read-events.js';
import type { RunEvent } from './run-event.js';
import { withBesides } from './with-besides.js';

export type EventsOptions = ReadEventsOptions & {
  /** Also tells what the stages write, from now on. @default false */
  readonly logs?: boolean;
};

/** The events of a run, see {@link RunEvent}. */
export function runEvents(
  client: Client,
  run: RunHandle,
  { logs = false, ...options }: EventsOptions,
): AsyncGenerator<RunEvent, void> {
  const source = eventSource(client, run);
  if (!logs || options.follow === false) return readEvents(source, options);
  const until = (signal: AbortSignal): AbortSignal =>
    options.signal === undefined ? signal : AbortSignal.any([signal, options.signal]);
  return withBesides(
    (signal) => readEvents(source, { ...options, signal: until(signal) }),
    (signal) => run.logs({ follow: true, tail: 0, signal: until(signal) }),
    (line, cursor) => ({ type: 'log', line, cursor }),
  );
}
