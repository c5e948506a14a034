import type { ModelEvent, MovedEvent } from '../../engine/models/model-event.js';

/** What an alias meant at some time, and from when to when it did. */
export type AliasMeaning = {
  readonly model: string;
  readonly alias: string;
  readonly at: string;
  /** Null: it meant nothing. */
  readonly version: string | null;
  /** Null where it never had meant anything. */
  readonly since: string | null;
  /** Null where it still means that. */
  readonly until: string | null;
  readonly by: string | null;
  readonly reason: string | null;
};

type Question = { readonly model: string; readonly alias: string; readonly time: Date };

/** Goes through what happened, newest first, to the move that made the alias what it was. */
export async function aliasAt(
  events: AsyncIterable<ModelEvent> | Iterable<ModelEvent>,
  { model, alias, time }: Question,
): Promise<AliasMeaning> {
  const asked = { model, alias, at: time.toISOString() };
  let next: MovedEvent | null = null;
  for await (const event of events) {
    if (event.kind !== 'moved' || event.alias !== alias) continue;
    if (Date.parse(event.at) <= time.getTime()) {
      const { version, at: since, by, reason } = event;
      return { ...asked, version, since, until: next?.at ?? null, by, reason };
    }
    next = event;
  }
  return { ...asked, version: null, since: null, until: next?.at ?? null, by: null, reason: null };
}
