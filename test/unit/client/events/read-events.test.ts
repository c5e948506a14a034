import { describe, expect, it, vi } from 'vitest';
import type { EventSource } from '../../../../src/client/events/event-source.js';
import type { Fact } from '../../../../src/client/events/fact.js';
import { readEvents, type ReadEventsOptions } from '../../../../src/client/events/read-events.js';
import type { RunEvent } from '../../../../src/client/events/run-event.js';
import type { LiveAttempt } from '../../../../src/client/live-attempt.js';
import type { RunStatus } from '../../../../src/engine/result.js';
import type { JournalEntry } from '../../../../src/engine/run-journal.js';
import { aRunResult, aRunStatus, aStageResult, START } from '../../../support/a-run.js';

type Draft = Fact extends infer F ? (F extends Fact ? Omit<F, 'id' | 'at'> : never) : never;

const began = (isFirst: boolean): Draft => ({
  kind: 'began',
  pipeline: 'market-data',
  workflowId: 'market-data/today',
  firstRunId: 'first',
  isFirst,
});
const decided: Draft = { kind: 'decided' };
const scheduled = (activityId: string): Draft => ({ kind: 'scheduled', activityId });
const attempt = (scheduledId: number, number: number): Draft => ({
  kind: 'attempt',
  scheduledId,
  attempt: number,
  error: number > 1 ? { type: 'Flaky', message: `attempt ${number - 1}` } : null,
});
const succeeded = (scheduledId: number): Draft => ({ kind: 'succeeded', scheduledId });
const journal = (...entries: JournalEntry[]): Draft => ({ kind: 'journal', page: { at: START, entries } });

const ended = (stage: string): JournalEntry => ({
  type: 'ended',
  stage,
  status: 'succeeded',
  attempts: 1,
  duration_ms: 0,
});

/** A run in two histories: a chain with a gate, then a stage that fails twice before it succeeds. */
const HISTORIES: Readonly<Record<string, readonly Draft[]>> = {
  first: [
    began(true),
    decided,
    scheduled('load'),
    attempt(3, 1),
    succeeded(3),
    decided,
    scheduled('ship'),
    journal(
      { type: 'started', stage: 'check', explicit: true },
      ended('check'),
      { type: 'note', text: 'by force' },
      { type: 'started', stage: 'ship' },
    ),
    attempt(7, 1),
    succeeded(7),
    decided,
    { kind: 'continued', runId: 'second' },
  ],
  second: [
    began(false),
    decided,
    scheduled('side'),
    scheduled('each.0'),
    attempt(3, 3),
    succeeded(3),
    decided,
    { kind: 'ended' },
  ],
};

type FakeOptions = {
  /** Facts a page. */
  readonly pageSize?: number;
  readonly attempts?: () => ReadonlyMap<string, LiveAttempt>;
  readonly status?: () => RunStatus | null;
  /** Called before a page that waits is given. */
  readonly onWait?: () => Promise<void>;
};

function fakeSource({
  pageSize = 100,
  attempts = () => new Map(),
  status = () => null,
  onWait,
}: FakeOptions = {}): EventSource {
  return {
    runId: 'first',
    page: async ({ runId, token, waits }) => {
      const drafts = HISTORIES[runId];
      if (drafts === undefined) return null;
      const facts = drafts.map((draft, i): Fact => ({ ...draft, id: i + 1, at: START + i * 1_000 }));
      const from = token === null ? 0 : (token[0] ?? 0);
      if (waits) await onWait?.();
      const to = endOfPage(facts, from + pageSize);
      return { facts: facts.slice(from, to), next: to < facts.length ? Uint8Array.of(to) : null };
    },
    attempts: async () => attempts(),
    status: async () => status(),
    result: async () => aRunResult({}),
  };
}

/** A server gives what one workflow task wrote in one page. */
function endOfPage(facts: readonly Fact[], from: number): number {
  let to = Math.min(from, facts.length);
  while (facts[to]?.kind === 'scheduled' || facts[to]?.kind === 'journal') to += 1;
  return to;
}

async function read(source: EventSource, options: ReadEventsOptions = {}): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of readEvents(source, options)) events.push(event);
  return events;
}

const words = (events: readonly RunEvent[]): readonly string[] =>
  events.map((event) =>
    event.type === 'wave'
      ? `wave ${event.number}: ${event.stages.join(' ')}`
      : `${event.type}${'stage' in event ? ` ${event.stage}` : ''}${'attempt' in event ? ` ${event.attempt}` : ''}`,
  );

const ALL = [
  'run_started',
  'wave 1: load',
  'stage_started load',
  'stage_completed load',
  'wave 2: check',
  'stage_started check',
  'stage_completed check',
  'note',
  'wave 3: ship',
  'stage_started ship',
  'stage_completed ship',
  'wave 4: side',
  'stage_started side',
  'stage_error side 1',
  'stage_error side 2',
  'stage_completed side',
  'run_ended',
];

describe('reading the events of a run', () => {
  it('follows it over its histories, whatever the pages', async () => {
    for (const pageSize of [1, 3, 100]) expect(words(await read(fakeSource({ pageSize })))).toEqual(ALL);
  });

  it('goes on after any event, in whatever history, without loss or repeats', async () => {
    const events = await read(fakeSource());
    for (const [i, { cursor }] of events.entries()) {
      for (const pageSize of [1, 100]) {
        const rest = await read(fakeSource({ pageSize }), { after: cursor });
        expect(words(rest), `after ${ALL[i] ?? ''}`).toEqual(ALL.slice(i + 1));
      }
    }
  });

  it('does not tell again, at the end, what earlier histories told', async () => {
    const early = aStageResult({ ended_at: new Date(START - 1).toISOString() });
    const late = aStageResult({ ended_at: new Date(START + 60_000).toISOString() });
    const result = async () => aRunResult({ load: early, untold: late });
    const source: EventSource = { ...fakeSource(), result };
    const cursor = (await read(source)).find((event) => 'stage' in event && event.stage === 'side')?.cursor;
    const rest = words(await read(source, { after: cursor ?? '' }));
    expect(rest.filter((text) => /load|untold/.test(text))).toEqual(['stage_completed untold']);
  });

  it('tells failed attempts and progress as they are seen, and the history repeats neither', async () => {
    let looks = 0;
    const live = (number: number, message: string): LiveAttempt => ({
      activityId: 'side',
      attempt: number,
      maxAttempts: 5,
      started: true,
      progress: { fraction: 0.5, message },
      lastError: number > 1 ? { type: 'Flaky', message: 'seen' } : null,
      nextAttemptAt: number > 1 ? START + 60_000 : null,
    });
    const stop = new AbortController();
    const source = fakeSource({
      attempts: () => {
        looks += 1;
        return new Map([['side', live(Math.min(looks, 2), `look ${looks}`)]]);
      },
    });
    // The second history stays open until it has been looked at three times.
    const waiting: EventSource = {
      ...source,
      page: async (wanted) => {
        const page = await source.page(wanted);
        if (wanted.runId === 'first' || page === null) return page;
        if (wanted.waits) await vi.waitFor(() => expect(looks).toBeGreaterThanOrEqual(3), { interval: 1 });
        return wanted.waits ? page : { facts: page.facts.slice(0, 4), next: null };
      },
    };
    const events = await read(waiting, { lookMs: 1, signal: stop.signal });
    const ofSide = events.filter((event) => 'stage' in event && event.stage === 'side');
    expect(words(ofSide.filter(({ type }) => type !== 'stage_progress'))).toEqual([
      'stage_started side',
      'stage_error side 1',
      'stage_error side 2',
      'stage_completed side',
    ]);
    const seen = events.find(({ type }) => type === 'stage_error');
    expect(seen).toMatchObject({
      error: { message: 'seen' },
      next_attempt_at: new Date(START + 60_000).toISOString(),
    });
    expect(events.filter(({ type }) => type === 'stage_progress').length).toBeGreaterThanOrEqual(2);
    const rest = await read(fakeSource(), { after: seen?.cursor ?? '' });
    expect(words(rest)).toEqual(['stage_error side 2', 'stage_completed side', 'run_ended']);
  });

  it('tells how far maps are to those who ask, and only what has changed', async () => {
    let looks = 0;
    const items = (succeeded: number) => ({
      total: 5_000,
      succeeded,
      failed: 1,
      skipped: 0,
      reused: 0,
      running: 8,
      pending: 4_991 - succeeded,
      rate_per_s: null,
      eta_ms: null,
      failed_items: [],
    });
    const source = fakeSource({
      status: () => {
        looks += 1;
        return aRunStatus({ side: aStageResult({ items: items(looks < 3 ? 10 : 20) }) });
      },
    });
    const waiting: EventSource = {
      ...source,
      page: async (wanted) => {
        const page = await source.page(wanted);
        if (wanted.runId === 'first' || page === null) return page;
        if (wanted.waits) await vi.waitFor(() => expect(looks).toBeGreaterThanOrEqual(4), { interval: 1 });
        return wanted.waits ? page : { facts: page.facts.slice(0, 4), next: null };
      },
    };
    const events = await read(waiting, { lookMs: 1, items: true });
    const progress = events.flatMap((event) => (event.type === 'map_progress' ? [event] : []));
    expect(progress.map(({ stage, succeeded, pending }) => [stage, succeeded, pending])).toEqual([
      ['side', 10, 4_981],
      ['side', 20, 4_971],
    ]);
    looks = 4;
    expect((await read(waiting, { lookMs: 1 })).some(({ type }) => type === 'map_progress')).toBe(false);
  });

  it('ends with what is there when it does not follow', async () => {
    const open = fakeSource();
    const source: EventSource = {
      ...open,
      page: async (wanted) => {
        const page = await open.page(wanted);
        return page === null ? null : { facts: page.facts.slice(0, 3), next: null };
      },
    };
    expect(words(await read(source, { follow: false }))).toEqual(ALL.slice(0, 3));
  });

  it('says what is wrong with a cursor', async () => {
    await expect(read(fakeSource(), { after: 'no cursor' })).rejects.toMatchObject({ code: 'bad_cursor' });
    const gone = Buffer.from('["gone",3,1,0]').toString('base64url');
    await expect(read(fakeSource(), { after: gone })).rejects.toMatchObject({
      code: 'bad_cursor',
      message: 'The run has no event with this cursor, or Temporal no longer keeps its history.',
    });
  });
});
