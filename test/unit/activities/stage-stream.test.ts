import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { defineStage } from '../../../src/activities/define-stage.js';
import { readStageStream } from '../../../src/client/events/stage-stream.js';
import type { BlobStore } from '../../../src/storage/blob-store.js';
import { createFolderStore } from '../../../src/storage/folder-store.js';
import { activityRig, aTask } from './attempt-rig.js';

const source = { workflowId: 'demo/1', runId: 'run-1', stage: 'stage' };
const over = { isOver: () => Promise.resolve(true) };

async function chunksOf(store: BlobStore, after?: string): Promise<readonly unknown[]> {
  const chunks: unknown[] = [];
  for await (const item of readStageStream(store, source, {
    ...over,
    ...(after === undefined ? {} : { after }),
  })) {
    chunks.push(item.type === 'chunk' ? item.chunk : { restart: item.index });
  }
  return chunks;
}

describe('a stage function that yields', () => {
  test('gives its chunks to readers and what it returns to the run', async () => {
    const words = defineStage({
      name: 'words',
      params: z.object({ text: z.string() }),
      chunk: z.string(),
      output: z.object({ count: z.number() }),
      async *run({ params }) {
        const all = params.text.split(' ');
        for (const word of all) yield word;
        return { count: all.length };
      },
    });
    const { run, store, heartbeats } = activityRig({ stages: [words] });
    const result = await run('words', aTask({ params: { text: 'to be or not' } }));
    expect(result).toMatchObject({ output: { count: 4 }, stream: { chunks: 4, bytes: 17 } });
    expect(await chunksOf(store)).toEqual(['to', 'be', 'or', 'not']);
    expect(heartbeats).toContainEqual({ partial: '1 chunk · to' });
    expectTypeOf(words.run).returns.extract<AsyncGenerator>().toExtend<AsyncGenerator<string>>();
  });

  test('gives the number of its chunks where it returns nothing', async () => {
    const numbers = defineStage({
      name: 'numbers',
      async *run() {
        yield* [1, 22];
      },
    });
    const { run } = activityRig({ stages: [numbers] });
    expect((await run('numbers')).output).toEqual({ chunks: 2, bytes: 3 });
  });

  test('fails for good with a chunk that does not fit, is no JSON or is too large, and is told to clean up', async () => {
    let cleaned = 0;
    const yielding = (chunk: unknown, schema: z.ZodType = z.unknown()) =>
      defineStage({
        name: 'it',
        chunk: schema,
        async *run() {
          try {
            yield chunk;
          } finally {
            cleaned += 1;
          }
        },
      });
    const failureOf = (chunk: unknown, schema?: z.ZodType) =>
      activityRig({ stages: [yielding(chunk, schema)] }).run('it');
    await expect(failureOf(1, z.string())).rejects.toMatchObject({
      nonRetryable: true,
      message: expect.stringContaining('Chunk 0 of "it" does not fit'),
    });
    await expect(failureOf({ n: 1n })).rejects.toMatchObject({
      message: expect.stringContaining('Chunk 0 of stage "stage" is not JSON'),
    });
    await expect(failureOf('x'.repeat(1_100_000))).rejects.toMatchObject({
      message: expect.stringContaining('the limit is 1048576'),
    });
    expect(cleaned).toBe(3);
  });

  test('keeps secrets out of its chunks', async () => {
    const leak = defineStage({
      name: 'leak',
      async *run({ ctx }) {
        yield `token ${ctx.secrets.get('TOKEN')}`;
      },
    });
    const { run, store } = activityRig({ stages: [leak], deps: { env: { TOKEN: 'hush-hush-123' } } });
    await run('leak', aTask({ params: null, secrets: ['TOKEN'] }));
    expect(JSON.stringify(await chunksOf(store))).not.toContain('hush-hush-123');
  });

  test('goes on after what an earlier attempt gave, where it says that it can', async () => {
    const count = defineStage({
      name: 'count',
      onRetry: 'continue',
      async *run({ published, ctx }) {
        for (let n = published; n < 6; n += 1) {
          if (n === 3 && ctx.attempt === 1) throw new Error('cut off');
          yield n;
        }
      },
    });
    const first = activityRig({ stages: [count] });
    await expect(first.run('count')).rejects.toThrow('cut off');
    expect(await chunksOf(first.store)).toEqual([0, 1, 2]);
    const second = activityRig({ stages: [count], info: { attempt: 2 }, deps: { store: first.store } });
    expect((await second.run('count')).output).toMatchObject({ chunks: 6 });
    expect(await chunksOf(first.store)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('passes 20 MB through while no more than two pieces of it are held, and is read on after any chunk', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-stream-'));
    try {
      const held = { writing: 0, most: 0, largest: 0 };
      const disk = createFolderStore(folder);
      const store: BlobStore = {
        ...disk,
        put: async (key, data, options) => {
          held.writing += 1;
          held.most = Math.max(held.most, held.writing);
          if (data instanceof Uint8Array) held.largest = Math.max(held.largest, data.byteLength);
          await disk.put(key, data, options);
          held.writing -= 1;
        },
      };
      const large = defineStage({
        name: 'large',
        async *run() {
          for (let n = 0; n < 2_000; n += 1) yield `${String(n).padStart(6, '0')}${'x'.repeat(10_000)}`;
        },
      });
      const result = await activityRig({ stages: [large], deps: { store } }).run('large');
      expect(result.stream).toMatchObject({ chunks: 2_000, bytes: 20_016_000 });
      expect(JSON.stringify(result).length).toBeLessThan(500);
      // One piece is written while the next one is collected, and a piece ends with the chunk that fills it.
      expect(held.most).toBe(1);
      expect(held.largest).toBeLessThan(256 * 1024 + 11_000);
      let index = 0;
      let cursor: string | undefined;
      // The reader is dropped and begins again after every 501 chunks, within a piece.
      while (index < 2_000) {
        const options = cursor === undefined ? over : { ...over, after: cursor };
        for await (const item of readStageStream(store, source, options)) {
          if (item.type !== 'chunk') throw new Error('The stream began anew.');
          expect(item.index).toBe(index);
          expect(JSON.stringify(item.chunk).slice(1, 7)).toBe(String(index).padStart(6, '0'));
          index += 1;
          cursor = item.cursor;
          if (index % 501 === 0) break;
        }
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
