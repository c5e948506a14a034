import { describe, expect, it } from 'vitest';
import { chunkLines } from '../../../../src/client/events/chunk-lines.js';
import { writeCursor } from '../../../../src/client/events/cursor.js';
import type { RunEvent, RunEventBody } from '../../../../src/client/events/run-event.js';
import { withChunks } from '../../../../src/client/events/with-chunks.js';
import type { Json } from '../../../../src/shared/json.js';
import { writeStream } from '../../../../src/storage/stream/write-stream.js';
import { aRunResult, at } from '../../../support/a-run.js';
import { memoryStore } from '../../storage/memory-store.js';

const run = { workflowId: 'story/1', runId: 'run-1' };

const STORY: readonly RunEventBody[] = [
  { type: 'stage_started', at: at(0), stage: 'tell' },
  { type: 'stage_started', at: at(0), stage: 'draw' },
  {
    type: 'stage_completed',
    at: at(1),
    stage: 'tell',
    status: 'succeeded',
    attempts: 1,
    duration_ms: 1,
    error: null,
    skip_reason: null,
    reused_from: null,
  },
  { type: 'run_ended', at: at(9), result: aRunResult({}) },
];

/** The events after a place, as a history tells them again. */
async function* told(after = 0): AsyncGenerator<RunEvent, void> {
  for (const [i, body] of STORY.entries()) {
    const cursor = writeCursor({ runId: 'run-1', event: i + 1, index: 0, waves: 0, told: {} });
    if (i >= after) yield { ...body, cursor };
  }
}

async function storeOf(chunks: readonly string[]) {
  const store = memoryStore();
  const writer = await writeStream(store, { ...run, stage: 'tell' }, { attempt: 1, onRetry: 'restart' });
  for (const chunk of chunks) await writer.append(chunk);
  await writer.end();
  return store;
}

const shown = (event: RunEvent): string =>
  event.type === 'stage_chunk'
    ? JSON.stringify(event.chunk)
    : `${event.type} ${'stage' in event ? event.stage : ''}`.trim();

describe('events with chunks between them', () => {
  it('have the chunks of a stage between its start and its end, and go on after any of them', async () => {
    const store = await storeOf(['a', 'b', 'c']);
    const all: RunEvent[] = [];
    for await (const event of withChunks(() => told(), { ...run, store }, {})) all.push(event);
    const texts = all.map(shown);
    expect(texts.filter((text) => text.startsWith('"'))).toEqual(['"a"', '"b"', '"c"']);
    expect(texts.indexOf('stage_started tell')).toBeLessThan(texts.indexOf('"a"'));
    expect(texts.indexOf('"c"')).toBeLessThan(texts.indexOf('stage_completed tell'));
    for (const [i, { cursor }] of all.entries()) {
      const before = all.slice(0, i + 1).filter((event) => event.type !== 'stage_chunk').length;
      const later: string[] = [];
      for await (const event of withChunks(() => told(before), { ...run, store }, { after: cursor }))
        later.push(shown(event));
      // Chunks may come earlier or later among the events of other stages.
      expect(later.toSorted()).toEqual(
        texts
          .slice(i + 1)
          .map(String)
          .toSorted(),
      );
    }
  });

  it('end with the reader, who may leave at any time', async () => {
    const store = await storeOf(['a', 'b']);
    let isClosed = false;
    async function* events(signal: AbortSignal): AsyncGenerator<RunEvent, void> {
      try {
        yield* told();
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      } finally {
        isClosed = true;
      }
    }
    for await (const event of withChunks(events, { ...run, store }, {})) if (shown(event) === '"a"') break;
    expect(isClosed).toBe(true);
  });
});

describe('chunks in a log', () => {
  const lines = (chunks: readonly Json[]) =>
    chunkLines({
      stage: 'tell',
      step: { kind: 'chunks', first: 0, chunks, at: at(1) },
      position: { attempt: 2, piece: 1, index: chunks.length },
    });

  it('are lines of text, or values as JSON', () => {
    expect(lines(['The old light', 'house\n\nstood', ' alone.\n'])).toEqual([
      expect.objectContaining({ message: 'The old lighthouse', stream: 'chunks', attempt: 2, level: 'info' }),
      expect.objectContaining({ message: 'stood alone.' }),
    ]);
    expect(lines([{ n: 1 }, 'two']).map(({ message }) => message)).toEqual(['{"n":1}', '"two"']);
  });

  it('are cut where they are long or many', () => {
    const many = lines(Array.from({ length: 25 }, (_, n) => ({ n, text: 'x'.repeat(5_000) })));
    expect(many).toHaveLength(11);
    expect(many[0]?.message).toHaveLength(400);
    expect(many[10]?.message).toBe('… and 15 more chunks');
  });

  it('say where they begin anew', () => {
    const step = { kind: 'restart', index: 3, attempt: 2 } as const;
    const position = { attempt: 2, piece: 0, index: 3 };
    expect(chunkLines({ stage: 'tell', step, position })).toMatchObject([
      { level: 'warn', message: 'attempt 2 begins anew: chunks from 3 on come again' },
    ]);
  });
});
