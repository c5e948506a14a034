import { describe, expect, it } from 'vitest';
import type { BlobStore } from '../../../src/storage/blob-store.js';
import { followStream, StreamReader, type StreamPosition } from '../../../src/storage/stream/read-stream.js';
import { pieceKey, streamFolder } from '../../../src/storage/stream/stream-place.js';
import { type OnRetry, writeStream } from '../../../src/storage/stream/write-stream.js';
import { memoryStore } from './memory-store.js';

const source = { workflowId: 'story/1', runId: 'run-1', stage: 'write' };
const folder = streamFolder(source);

async function write(
  store: BlobStore,
  attempt: number,
  chunks: readonly (string | number)[],
  options: { onRetry?: OnRetry; fails?: boolean } = {},
) {
  const writer = await writeStream(store, source, { attempt, onRetry: options.onRetry ?? 'restart' });
  for (const chunk of chunks) await writer.append(chunk);
  await (options.fails === true ? writer.abandon() : writer.end());
  return writer;
}

/** Everything that a reader is told from a place on. */
async function read(store: BlobStore, from?: StreamPosition): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  const options = { follow: false, ...(from === undefined ? {} : { from }) };
  for await (const { step } of followStream(store, folder, options)) {
    if (step.kind === 'chunks') seen.push(...step.chunks);
    if (step.kind === 'restart') seen.push({ restart: step.index });
  }
  return seen;
}

describe('a stream', () => {
  it('gives back what was written, in order, and ends', async () => {
    const store = memoryStore();
    await write(store, 1, ['a', 'b', 3]);
    expect(await read(store)).toEqual(['a', 'b', 3]);
    const reader = new StreamReader(store, folder);
    await reader.step();
    expect(await reader.step()).toEqual({ kind: 'end' });
  });

  it('has nothing before it begins, and shows what is there while it grows', async () => {
    const store = memoryStore();
    expect(await new StreamReader(store, folder).step()).toEqual({ kind: 'nothing' });
    await write(store, 1, ['a'], { fails: true });
    const reader = new StreamReader(store, folder);
    expect(await reader.step()).toMatchObject({ kind: 'chunks', chunks: ['a'] });
    expect(await reader.step()).toEqual({ kind: 'nothing' });
  });

  it('begins anew with the attempt after one that failed, and its readers are told', async () => {
    const store = memoryStore();
    await write(store, 1, ['a', 'b'], { fails: true });
    const reader = new StreamReader(store, folder);
    await reader.step();
    const before = reader.position;
    await write(store, 2, ['A', 'B', 'C']);
    expect(await reader.step()).toEqual({ kind: 'restart', index: 0, attempt: 2 });
    expect(await reader.step()).toMatchObject({ chunks: ['A', 'B', 'C'], first: 0 });
    expect(await read(store)).toEqual(['A', 'B', 'C']);
    expect(await read(store, before)).toEqual([{ restart: 0 }, 'A', 'B', 'C']);
  });

  it('goes on with the attempt after one that failed where the function can', async () => {
    const store = memoryStore();
    await write(store, 1, ['a', 'b'], { fails: true, onRetry: 'continue' });
    const reader = new StreamReader(store, folder);
    await reader.step();
    const second = await write(store, 2, ['c'], { fails: true, onRetry: 'continue' });
    expect(second.published).toBe(2);
    const third = await write(store, 4, ['d'], { onRetry: 'continue' });
    expect(third.published).toBe(3);
    // Each is a letter in quotes.
    expect(third.written).toEqual({ chunks: 4, bytes: 12 });
    expect(await reader.step()).toMatchObject({ first: 2, chunks: ['c'] });
    expect(await reader.step()).toMatchObject({ first: 3, chunks: ['d'] });
    expect(await read(store)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('leaves out what an attempt still wrote after the next one had begun', async () => {
    const store = memoryStore();
    const zombie = await writeStream(store, source, { attempt: 1, onRetry: 'continue' });
    await zombie.append('a');
    await zombie.abandon();
    const reader = new StreamReader(store, folder);
    await reader.step();
    const next = await writeStream(store, source, { attempt: 2, onRetry: 'continue' });
    await zombie.append('late');
    await zombie.abandon();
    expect(await reader.step()).toMatchObject({ chunks: ['late'] });
    await next.append('b');
    await next.end();
    expect(await reader.step()).toEqual({ kind: 'restart', index: 1, attempt: 2 });
    expect(await reader.step()).toMatchObject({ first: 1, chunks: ['b'] });
    expect(await read(store)).toEqual(['a', 'b']);
  });

  it('is read on from within a piece', async () => {
    const store = memoryStore();
    await write(store, 1, ['a', 'b', 'c']);
    expect(await read(store, { attempt: 1, piece: 0, index: 2 })).toEqual(['c']);
  });

  it('keeps its writer waiting while the store is behind', async () => {
    const store = memoryStore();
    const release: (() => void)[] = [];
    const slow: BlobStore = {
      ...store,
      put: async (key, data) => {
        if (key.endsWith('.jsonl')) await new Promise<void>((resolve) => release.push(resolve));
        await store.put(key, data);
      },
    };
    const writer = await writeStream(slow, source, { attempt: 1, onRetry: 'restart' });
    const large = 'x'.repeat(300_000);
    await writer.append(large);
    let isTaken = false;
    const second = writer.append(large).then(() => (isTaken = true));
    await Promise.resolve();
    expect(isTaken).toBe(false);
    release[0]?.();
    await second;
    expect(release).toHaveLength(2);
    release[1]?.();
    await writer.end();
    expect(store.blobs.has(pieceKey(folder, 1, 1))).toBe(true);
  });

  it('fails the writer when the store cannot be written', async () => {
    const store = memoryStore();
    const broken: BlobStore = {
      ...store,
      put: async (key, data) => {
        if (key.endsWith('.jsonl')) throw new Error('disk full');
        await store.put(key, data);
      },
    };
    const writer = await writeStream(broken, source, { attempt: 1, onRetry: 'restart' });
    await writer.append('a');
    await expect(writer.end()).rejects.toThrow('disk full');
  });
});
