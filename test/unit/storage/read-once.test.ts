import { describe, expect, it } from 'vitest';
import type { BlobStore } from '../../../src/storage/blob-store.js';
import { OnceReader, type StreamMark } from '../../../src/storage/stream/read-once.js';
import { streamFolder } from '../../../src/storage/stream/stream-place.js';
import { type OnRetry, writeStream } from '../../../src/storage/stream/write-stream.js';
import { memoryStore } from './memory-store.js';

const source = { workflowId: 'story/1', runId: 'run-1', stage: 'write' };
const folder = streamFolder(source);
const ALL = { chunks: 1_000, bytes: 1_000_000 };

async function write(
  store: BlobStore,
  attempt: number,
  chunks: readonly string[],
  options: { onRetry?: OnRetry; fails?: boolean } = {},
): Promise<void> {
  const writer = await writeStream(store, source, { attempt, onRetry: options.onRetry ?? 'restart' });
  for (const chunk of chunks) await writer.append(chunk);
  await (options.fails === true ? writer.abandon() : writer.end());
}

describe('a reader that gives each chunk once', () => {
  it('gives them in portions, and goes on after any of them', async () => {
    const store = memoryStore();
    await write(store, 1, ['a', 'b', 'c', 'd', 'e']);
    let mark: StreamMark | undefined;
    const seen: unknown[] = [];
    for (let i = 0; i < 4; i++) {
      const reader = new OnceReader(store, folder, mark);
      seen.push(await reader.step({ chunks: 2, bytes: 1_000 }));
      mark = reader.mark;
    }
    expect(seen).toEqual([
      { kind: 'chunks', chunks: ['a', 'b'] },
      { kind: 'chunks', chunks: ['c', 'd'] },
      { kind: 'chunks', chunks: ['e'] },
      { kind: 'end' },
    ]);
    const small = new OnceReader(store, folder);
    expect(await small.step({ chunks: 5, bytes: 7 })).toEqual({ kind: 'chunks', chunks: ['a', 'b'] });
    expect(await small.step({ chunks: 5, bytes: 1 })).toEqual({ kind: 'chunks', chunks: ['c'] });
  });

  it('passes over what an attempt that begins anew gives again, also in the middle of it', async () => {
    const store = memoryStore();
    await write(store, 1, ['a', 'b', 'c'], { fails: true });
    const reader = new OnceReader(store, folder);
    expect(await reader.step(ALL)).toEqual({ kind: 'chunks', chunks: ['a', 'b', 'c'] });
    await write(store, 2, ['a', 'b'], { fails: true });
    expect(await reader.step(ALL)).toEqual({ kind: 'nothing' });
    await write(store, 3, ['a', 'b', 'c', 'd']);
    const other = new OnceReader(store, folder, reader.mark);
    for (const each of [reader, other]) {
      expect(await each.step(ALL)).toEqual({ kind: 'chunks', chunks: ['d'] });
      expect(await each.step(ALL)).toEqual({ kind: 'end' });
    }
  });

  it('goes on without a look back where the next attempt does', async () => {
    const store = memoryStore();
    await write(store, 1, ['a', 'b'], { fails: true, onRetry: 'continue' });
    const reader = new OnceReader(store, folder);
    await reader.step(ALL);
    await write(store, 2, ['c'], { onRetry: 'continue' });
    expect(await reader.step(ALL)).toEqual({ kind: 'chunks', chunks: ['c'] });
    expect(await reader.step(ALL)).toEqual({ kind: 'end' });
  });

  it.each([
    ['other chunks', ['a', 'x', 'c']],
    ['the same chunks in another order', ['b', 'a', 'c']],
    ['fewer chunks', ['a']],
  ])('refuses an attempt that gives %s', async (_what, chunks) => {
    const store = memoryStore();
    await write(store, 1, ['a', 'b'], { fails: true });
    const reader = new OnceReader(store, folder);
    await reader.step(ALL);
    await write(store, 2, chunks);
    await expect(reader.step(ALL)).rejects.toThrow(
      'a later attempt gave other chunks than the first 2, which were taken already',
    );
  });

  it('takes a stage that a person tried again for another attempt, although its attempts count from 1', async () => {
    const store = memoryStore();
    await write(store, 1, ['a', 'b'], { fails: true });
    const reader = new OnceReader(store, folder);
    await reader.step(ALL);
    await write(store, 1, ['a', 'b', 'c']);
    expect(await reader.step(ALL)).toEqual({ kind: 'chunks', chunks: ['c'] });
  });
});
