import type { Client } from '@temporalio/client';
import type { BlobStore } from '../../storage/blob-store.js';
import type { RunHandle } from '../run-handle.js';
import { eventSource } from './event-source.js';
import { readEvents, type ReadEventsOptions } from './read-events.js';
import type { RunEvent } from './run-event.js';
import { noStore } from './stage-handle.js';
import { withBesides } from './with-besides.js';
import { withChunks } from './with-chunks.js';

export type EventsOptions = ReadEventsOptions & {
  /** Also tells what the stages write, from now on. @default false */
  readonly logs?: boolean;
  /** Also gives each chunk that stages yield, all of them in order; needs a client with a store. @default false */
  readonly chunks?: boolean;
};

/** The events of a run, see {@link RunEvent}. */
export function runEvents(
  { client, store }: { readonly client: Client; readonly store?: BlobStore | undefined },
  run: RunHandle,
  { logs = false, chunks = false, ...options }: EventsOptions,
): AsyncGenerator<RunEvent, void> {
  if (chunks && store === undefined) throw noStore();
  const source = eventSource(client, run);
  const read = (settings: ReadEventsOptions): AsyncGenerator<RunEvent, void> => {
    if (!chunks || store === undefined) return readEvents(source, settings);
    const events = (signal: AbortSignal) => readEvents(source, { ...settings, signal });
    return withChunks(events, { workflowId: run.workflowId, runId: run.runId, store }, settings);
  };
  if (!logs || options.follow === false) return read(options);
  const until = (signal: AbortSignal): AbortSignal =>
    options.signal === undefined ? signal : AbortSignal.any([signal, options.signal]);
  return withBesides(
    (signal) => read({ ...options, signal: until(signal) }),
    (signal) => run.logs({ follow: true, tail: 0, signal: until(signal) }),
    (line, cursor) => ({ type: 'log', line, cursor }),
  );
}
