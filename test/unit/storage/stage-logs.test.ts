import { describe, expect, test } from 'vitest';
import type { BlobStore } from '../../../src/storage/blob-store.js';
import type { LogLine } from '../../../src/storage/log-line.js';
import { runFolder } from '../../../src/storage/run-folder.js';
import { type ReadLogsOptions, readStageLogs } from '../../../src/storage/read-stage-logs.js';
import { writeStageLog } from '../../../src/storage/write-stage-log.js';
import { memoryStore } from './memory-store.js';

const source = { workflowId: 'etl/nightly', runId: 'run-1', stage: 'load', attempt: 1 };

function line(second: number, message: string): Omit<LogLine, 'stage' | 'attempt'> {
  return { time: new Date(second * 1000).toISOString(), level: 'info', message };
}

async function read(store: BlobStore, options: Partial<ReadLogsOptions> = {}): Promise<string[]> {
  const lines: string[] = [];
  for await (const each of readStageLogs(store, { ...source, stage: 'load', ...options }))
    lines.push(each.message);
  return lines;
}

describe('the log of an attempt', () => {
  test('is nothing at all in the store until a line is written', async () => {
    const store = memoryStore();
    await writeStageLog(store, source).close();
    expect(store.blobs.size).toBe(0);
  });

  test('is kept in chunks of bounded size, in order', async () => {
    const store = memoryStore();
    const log = writeStageLog(store, source);
    const messages = Array.from({ length: 3_000 }, (_, index) => `${index} ${'x'.repeat(50)}`);
    for (const message of messages) log.write(line(1, message));
    await log.close();
    expect(store.blobs.size).toBeGreaterThan(3);
    for (const chunk of store.blobs.values()) expect(chunk.byteLength).toBeLessThan(70_000);
    expect(await read(store)).toEqual(messages);
  });

  test('lies under names that are safe whatever the ids are', async () => {
    expect(runFolder('logs', { ...source, stage: '..' })).toBe('logs/etl%2Fnightly/run-1/%../1/');
    expect(runFolder('logs', { ...source, stage: "a'b/../ü" })).toBe(
      'logs/etl%2Fnightly/run-1/a%27b%2F..%2F%C3%BC/1/',
    );
    expect(runFolder('logs', { ...source, stage: 'ü'.repeat(400) }).length).toBeLessThan(250);
  });

  test('that cannot be kept is reported once and fails nothing', async () => {
    const errors: unknown[] = [];
    const broken: BlobStore = { ...memoryStore(), put: () => Promise.reject(new Error('full')) };
    const log = writeStageLog(broken, source, (error) => errors.push(error));
    for (let index = 0; index < 5_000; index++) log.write(line(1, 'x'.repeat(50)));
    await log.close();
    expect(errors).toHaveLength(1);
  });

  test('makes a writer wait while the store is far behind', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const log = writeStageLog({ ...memoryStore(), put: () => gate }, source);
    let isReady = false;
    for (let index = 0; index < 30; index++) log.write(line(1, 'x'.repeat(64 * 1024)));
    const ready = log.ready().then(() => (isReady = true));
    await Promise.resolve();
    expect(isReady).toBe(false);
    release();
    await ready;
    await log.close();
  });
});

describe('reading logs', () => {
  async function aRun(): Promise<BlobStore> {
    const store = memoryStore();
    const write = async (
      stage: string,
      attempt: number,
      ...lines: Parameters<typeof line>[]
    ): Promise<void> => {
      const log = writeStageLog(store, { ...source, stage, attempt });
      for (const each of lines) log.write(line(...each));
      await log.close();
    };
    await write('load', 1, [1, 'a'], [3, 'c']);
    await write('load', 2, [5, 'e']);
    await write('save', 1, [2, 'b'], [4, 'd']);
    return store;
  }

  test('gives all stages of a run by time, or one stage', async () => {
    const store = await aRun();
    const all: string[] = [];
    for await (const each of readStageLogs(store, { workflowId: source.workflowId, runId: 'run-1' }))
      all.push(each.message);
    expect(all).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await read(store, { stage: 'save' })).toEqual(['b', 'd']);
    expect(await read(store, { stage: 'sav' })).toEqual([]);
    expect(await read(store, { runId: 'run' })).toEqual([]);
  });

  test('gives lines of a level and of worse ones only, and the last ones of them', async () => {
    const store = memoryStore();
    const log = writeStageLog(store, source);
    log.write({ ...line(1, 'a'), level: 'debug' });
    log.write({ ...line(2, 'b'), level: 'error' });
    log.write({ ...line(3, 'c'), level: 'info' });
    log.write({ ...line(4, 'd'), level: 'warn' });
    await log.close();
    expect(await read(store, { level: 'debug' })).toEqual(['a', 'b', 'c', 'd']);
    expect(await read(store, { level: 'warn' })).toEqual(['b', 'd']);
    expect(await read(store, { level: 'info', tail: 2 })).toEqual(['c', 'd']);
    expect(await read(store, { tail: 0 })).toEqual([]);
    expect(await read(store, { tail: 9 })).toEqual(['a', 'b', 'c', 'd']);
  });

  test('gives what is written after the last lines that were asked for', async () => {
    const store = await aRun();
    const controller = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      const { workflowId, runId } = source;
      const options = { workflowId, runId, tail: 1, follow: true, signal: controller.signal, pollMs: 1 };
      for await (const each of readStageLogs(store, options)) seen.push(each.message);
    })();
    await expect.poll(() => seen).toEqual(['e']);
    const log = writeStageLog(store, { ...source, attempt: 9 });
    log.write(line(9, 'f'));
    log.write(line(9, 'g'));
    await log.close();
    controller.abort();
    await following;
    expect(seen).toEqual(['e', 'f', 'g']);
  });

  test('goes on while it follows, and gives what is left when it is told to end', async () => {
    const store = memoryStore();
    const log = writeStageLog(store, source);
    const controller = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      const options = { ...source, follow: true, signal: controller.signal, pollMs: 1 };
      for await (const each of readStageLogs(store, options)) seen.push(each.message);
    })();
    log.write(line(1, 'first'));
    await log.close();
    await expect.poll(() => seen).toEqual(['first']);
    log.write(line(2, 'second'));
    const closed = log.close();
    await closed;
    controller.abort();
    await following;
    expect(seen).toEqual(['first', 'second']);
  });

  test('names a chunk that is damaged', async () => {
    const store = await aRun();
    const [key = ''] = await store.list('logs/');
    await store.put(key, Buffer.from('{"broken'));
    await expect(read(store)).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining(key),
    });
  });
});

test('items of a map write side by side into the log of their stage', async () => {
  const store = memoryStore();
  const run = { workflowId: 'demo/1', runId: 'run-1' };
  for (const item of [0, 1]) {
    const log = writeStageLog(store, { ...run, stage: 'each', item, attempt: 1 });
    log.write({ time: `2024-01-01T00:00:0${item}.000Z`, level: 'info', message: `item ${item}` });
    await log.close();
  }
  const lines: unknown[] = [];
  for await (const line of readStageLogs(store, { ...run, stage: 'each' })) lines.push(line);
  expect(lines).toMatchObject([
    { stage: 'each', item: 0, message: 'item 0' },
    { stage: 'each', item: 1, message: 'item 1' },
  ]);
});
