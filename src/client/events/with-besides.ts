import type { RunEvent } from './run-event.js';

type Source<T> = (signal: AbortSignal) => AsyncGenerator<T, void>;

type Next<T> =
  | { readonly from: 'events'; readonly event: RunEvent | null }
  | { readonly from: 'beside'; readonly value: { readonly given: T } | null };

/**
 * Events with something else between them as it comes, which is read from the first event on. Neither is read further
 * ahead than by one. The end of the run comes last, after what is left of the other.
 */
export async function* withBesides<T>(
  events: Source<RunEvent>,
  beside: Source<T>,
  toEvent: (value: T, cursor: string) => RunEvent,
): AsyncGenerator<RunEvent, void> {
  const stop = new AbortController();
  const runOver = new AbortController();
  const main = events(stop.signal);
  const other = beside(AbortSignal.any([stop.signal, runOver.signal]));
  let event: Promise<Next<T>> | null = nextEvent(main);
  let value: Promise<Next<T>> | null = null;
  let cursor: string | null = null;
  let last: RunEvent | null = null;
  try {
    while (event !== null || value !== null) {
      const next: Next<T> = await Promise.race([event, value].filter((one) => one !== null));
      if (next.from === 'beside') {
        value = next.value === null ? null : nextValue(other);
        if (next.value !== null) yield toEvent(next.value.given, cursor ?? '');
      } else if (next.event === null || next.event.type === 'run_ended') {
        last = next.event;
        event = null;
        runOver.abort();
      } else {
        if (cursor === null) value = nextValue(other);
        cursor = next.event.cursor;
        event = nextEvent(main);
        yield next.event;
      }
    }
    if (last !== null) yield last;
  } finally {
    stop.abort();
    await Promise.allSettled([event, value, main.return(), other.return()]);
  }
}

async function nextEvent<T>(events: AsyncGenerator<RunEvent, void>): Promise<Next<T>> {
  const result = await events.next();
  return { from: 'events', event: result.done === true ? null : result.value };
}

async function nextValue<T>(values: AsyncGenerator<T, void>): Promise<Next<T>> {
  const result = await values.next();
  return { from: 'beside', value: result.done === true ? null : { given: result.value } };
}
