import { setTimeout as delay } from 'node:timers/promises';
import { ClientError } from '../client-error.js';
import { isGrpc } from '../grpc-errors.js';
import type { LiveAttempt } from '../live-attempt.js';
import { MapWatch } from './map-progress.js';
import { badCursor, type Cursor, readCursor, writeCursor } from './cursor.js';
import type { EventSource, FactPage } from './event-source.js';
import type { Fact } from './fact.js';
import type { RunEvent, RunEventBody } from './run-event.js';
import { RunStory, type Told } from './run-story.js';

export type ReadEventsOptions = {
  /** The `cursor` of the last event that was taken in. @default the start of the run */
  readonly after?: string;
  /** Waits for what happens from now on, to the end of the run. @default true */
  readonly follow?: boolean;
  /** Ends the reading, never the run. */
  readonly signal?: AbortSignal;
  /** Also tells how far maps are, at each look: numbers, however many items there are. @default false */
  readonly items?: boolean;
  /** How often open attempts are looked at, for progress and failures. @default 1000 */
  readonly lookMs?: number;
};

/** How long a server may be away before reading gives up. */
const SERVER_AWAY_MS = 60_000;
const SERVER_PAUSE_MS = 1_000;

/** Reads the events of a run: from its history, each once and in order, and what its open attempts tell meanwhile. */
export async function* readEvents(
  source: EventSource,
  options: ReadEventsOptions = {},
): AsyncGenerator<RunEvent, void> {
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  const reader = new EventReader(source, options, signal);
  try {
    yield* reader.read();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    stop.abort();
    // A call that is still under way when its connection closes brings the process down.
    await reader.settled();
  }
}

type Answer = FactPage | null | { readonly error: unknown };

class EventReader {
  readonly #source: EventSource;
  readonly #options: ReadEventsOptions;
  readonly #signal: AbortSignal;
  readonly #after: Cursor | null;
  /** Where the reader before stopped, until that place is passed. */
  #rejoining: Cursor | null;
  #place: Cursor;
  #story: RunStory;
  readonly #maps = new MapWatch();
  #page: Promise<Answer> | null = null;
  #look: Promise<unknown> | null = null;
  #awaySince: number | null = null;
  /** First what is there is read, then what is still to come is waited for. */
  #waits = false;
  /** The last event of this history that was taken in. */
  #lastId = 0;

  constructor(source: EventSource, options: ReadEventsOptions, signal: AbortSignal) {
    this.#source = source;
    this.#options = options;
    this.#signal = signal;
    this.#after = options.after === undefined ? null : readCursor(options.after);
    this.#rejoining = this.#after;
    this.#place = this.#after ?? { runId: source.runId, event: 0, index: 0, waves: 0, told: {} };
    this.#story = new RunStory(this.#place.waves);
  }

  async settled(): Promise<void> {
    await Promise.allSettled([this.#page, this.#look]);
  }

  async *read(): AsyncGenerator<RunEvent, void> {
    let token: Uint8Array | null = null;
    while (!this.#signal.aborted) {
      this.#page = this.#ask(token);
      const page: FactPage | null = yield* this.#waitFor(this.#page, token);
      if (page === null) return;
      token = page.next;
      const facts = page.facts.filter(({ id }) => id > this.#lastId);
      for (const told of this.#tell(facts)) yield this.#give(told);
      const last = facts.at(-1);
      this.#lastId = last?.id ?? this.#lastId;
      if (last?.kind === 'ended') return yield* this.#end(last);
      if (last?.kind === 'continued') {
        this.#goOn(last.runId);
        token = null;
      } else if (token === null) {
        if (this.#options.follow === false) return;
        // What is there was read. A server that cannot go on from a page while it waits is read from the start again.
        this.#waits = !this.#waits;
      }
    }
  }

  async *#end(fact: Fact): AsyncGenerator<RunEvent, void> {
    const result = await this.#source.result(this.#signal);
    for (const told of this.#story.end(result, fact)) if (this.#isNew(told)) yield this.#give(told);
  }

  #ask(token: Uint8Array | null): Promise<Answer> {
    const { runId } = this.#place;
    const asked = this.#source.page({ runId, token, waits: this.#waits, signal: this.#signal });
    // Never rejects, so that one that nobody waits for any more is no unhandled rejection.
    return asked.catch((error: unknown) => ({ error }));
  }

  /** Waits for a page, and meanwhile tells what open attempts do. Null when the reading was ended. */
  async *#waitFor(
    first: Promise<Answer>,
    token: Uint8Array | null,
  ): AsyncGenerator<RunEvent, FactPage | null> {
    let asked = first;
    while (!this.#signal.aborted) {
      const answer = await within(asked, this.#options.lookMs ?? 1_000, this.#signal);
      if (answer === 'paused') {
        for (const body of await this.#lookAtAttempts()) yield this.#seen(body);
        for (const body of await this.#lookAtMaps()) yield this.#seen(body);
      } else if (answer === null) {
        throw this.#unknownRun();
      } else if ('error' in answer) {
        await this.#bear(answer.error);
        asked = this.#page = this.#ask(token);
      } else {
        this.#awaySince = null;
        return answer;
      }
    }
    return null;
  }

  #tell(facts: readonly Fact[]): readonly Told[] {
    const [first] = facts;
    if (first?.kind === 'began' && first.firstRunId !== this.#source.runId) throw this.#foreign();
    const rejoining = this.#rejoining;
    if (rejoining === null) return this.#story.tell(facts);
    const known = knownFacts(facts, rejoining.event);
    const told = this.#story.tell(facts.slice(0, known)).filter((one) => this.#isNew(one));
    if (known === facts.length) return told;
    this.#rejoining = null;
    this.#story.restoreTold(rejoining.told);
    return [...told, ...this.#story.tell(facts.slice(known))];
  }

  #isNew({ event, index }: Told): boolean {
    const after = this.#after;
    if (after === null || after.runId !== this.#place.runId) return true;
    return event > after.event || (event === after.event && index > after.index);
  }

  #give({ event, index, body }: Told): RunEvent {
    this.#place = { ...this.#place, event, index, told: this.#story.told };
    return { ...body, cursor: writeCursor(this.#place) };
  }

  /** What is seen before the history tells it: one goes on from the same place. */
  #seen(body: RunEventBody): RunEvent {
    this.#place = { ...this.#place, told: this.#story.told };
    return { ...body, cursor: writeCursor(this.#place) };
  }

  #goOn(runId: string): void {
    this.#rejoining = null;
    this.#waits = false;
    this.#lastId = 0;
    this.#place = { runId, event: 0, index: 0, waves: this.#story.waves, told: {} };
  }

  async #lookAtAttempts(): Promise<readonly RunEventBody[]> {
    if (!this.#story.isActive) return [];
    const none: ReadonlyMap<string, LiveAttempt> = new Map();
    // What cannot be seen now is seen later, or told by the history.
    const look = this.#source.attempts(this.#signal).catch(() => none);
    this.#look = look;
    return this.#story.look(await look, Date.now());
  }

  async #lookAtMaps(): Promise<readonly RunEventBody[]> {
    if (this.#options.items !== true || !this.#story.isOpen) return [];
    const look = this.#source.status(this.#signal).catch(() => null);
    this.#look = look;
    const status = await look;
    return status === null ? [] : this.#maps.look(status);
  }

  async #bear(error: unknown): Promise<void> {
    if (!isGrpc(error, 'UNAVAILABLE', 'DEADLINE_EXCEEDED')) throw error;
    this.#awaySince ??= Date.now();
    if (Date.now() - this.#awaySince > SERVER_AWAY_MS) throw error;
    await pause(SERVER_PAUSE_MS, this.#signal);
  }

  #unknownRun(): ClientError {
    if (this.#after !== null && this.#after.runId === this.#place.runId) {
      return badCursor('The run has no event with this cursor, or Temporal no longer keeps its history.');
    }
    return new ClientError(
      'run_not_found',
      `Temporal does not keep the history of the run "${this.#source.runId}".`,
      {
        hint: 'It may be older than the namespace keeps runs. See: sluice list',
      },
    );
  }

  #foreign(): ClientError {
    return badCursor('The cursor belongs to an event of another run.');
  }
}

/** How many of the facts belong to an event and to what is before it. The commands of a workflow task belong to it. */
function knownFacts(facts: readonly Fact[], event: number): number {
  const next = facts.findIndex(({ id, kind }) => id > event && kind !== 'scheduled' && kind !== 'journal');
  return next === -1 ? facts.length : next;
}

/** What is waited for, or `paused` where it takes longer. Leaves no timer behind. */
async function within<T>(wanted: Promise<T>, ms: number, signal: AbortSignal): Promise<T | 'paused'> {
  const over = new AbortController();
  try {
    return await Promise.race([wanted, pause(ms, AbortSignal.any([signal, over.signal]))]);
  } finally {
    over.abort();
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<'paused'> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
  return 'paused';
}
