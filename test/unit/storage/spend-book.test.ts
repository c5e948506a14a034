import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BlobStore } from '../../../src/storage/blob-store.js';
import { createFolderStore } from '../../../src/storage/folder-store.js';
import { SpendBook } from '../../../src/storage/spending/spend-book.js';
import { memoryStore } from './memory-store.js';

const FOLDER = 'budgets/demo/run/cost/';

const reserve = (id: string, most: number, limit: number | null = null, before = 0) =>
  ({ kind: 'reserve', id, most, limit, before }) as const;
const settle = (id: string, cost: number) => ({ kind: 'settle', id, cost }) as const;

/** The store with a turn of others between any two steps, as between processes. */
function inTurns(store: BlobStore, pause: () => Promise<void>): BlobStore {
  return {
    ...store,
    list: async (prefix) => (await pause(), store.list(prefix)),
    get: async (key) => (await pause(), store.get(key)),
    putIfAbsent: async (key, data) => (await pause(), store.putIfAbsent(key, data)),
    delete: async (key) => (await pause(), store.delete(key)),
  };
}

test('processes that book at the same time never go past the limit together, and lose nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(
        fc.record({ process: fc.nat({ max: 2 }), most: fc.integer({ min: 1, max: 9 }), share: fc.nat(9) }),
        {
          minLength: 1,
          maxLength: 30,
        },
      ),
      async (scheduler, calls) => {
        const store = memoryStore();
        const turns = inTurns(store, () => scheduler.schedule(Promise.resolve()));
        const books = [0, 1, 2].map(() => new SpendBook(turns, FOLDER));
        let [open, spent] = [0, 0];
        const call = async (
          { process, most, share }: (typeof calls)[number],
          index: number,
        ): Promise<void> => {
          const book = books[process];
          if (book === undefined || !(await book.add(reserve(String(index), most, 20))).ok) return;
          open += most;
          expect(open + spent).toBeLessThanOrEqual(20);
          await scheduler.schedule(Promise.resolve());
          const cost = Math.floor((most * share) / 9);
          open -= most;
          spent += cost;
          await book.add(settle(String(index), cost));
        };
        await scheduler.waitFor(Promise.all(calls.map(call)));
        const last = JSON.parse(
          String(store.blobs.get([...store.blobs.keys()].toSorted().at(-1) ?? '') ?? '{"spent":0}'),
        );
        expect(last).toEqual({ spent, reserved: {} });
      },
    ),
    { numRuns: 60 },
  );
});

describe('in a folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-budget-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('what one has spent and set aside counts for the other, and it stays small', async () => {
    const store = createFolderStore(folder);
    const [one, two] = [new SpendBook(store, FOLDER), new SpendBook(createFolderStore(folder), FOLDER)];
    for (let call = 0; call < 20; call += 1) {
      expect(await one.add(reserve(`a${call}`, 2, 100))).toEqual({ ok: true });
      await one.add(settle(`a${call}`, 1));
    }
    expect(await two.add(reserve('b', 80, 100))).toEqual({ ok: true });
    expect(await one.add(reserve('c', 1, 100))).toEqual({ ok: false, spent: 20, reserved: 80 });
    await two.add(settle('b', 0));
    expect(await one.add(reserve('c', 1, 100))).toEqual({ ok: true });
    expect((await store.list(FOLDER)).length).toBeLessThanOrEqual(17);
  });
});

test('what is known to be spent elsewhere counts where it is more', async () => {
  const book = new SpendBook(memoryStore(), FOLDER);
  await book.add(reserve('a', 5));
  await book.add(settle('a', 5));
  expect(await book.add(reserve('b', 2, 10, 9))).toEqual({ ok: false, spent: 9, reserved: 0 });
  expect(await book.add(reserve('b', 2, 10, 3))).toEqual({ ok: true });
});

test('a write whose answer was lost counts once', async () => {
  const store = memoryStore();
  const losing: BlobStore = {
    ...store,
    // As a client of S3 that sends its write again, and meets itself.
    putIfAbsent: async (key, data) => (await store.putIfAbsent(key, data), false),
  };
  const book = new SpendBook(losing, FOLDER);
  expect(await book.add(reserve('a', 5, 9))).toEqual({ ok: true });
  await book.add(settle('a', 3));
  expect(await new SpendBook(store, FOLDER).add(reserve('b', 7, 9))).toEqual({
    ok: false,
    spent: 3,
    reserved: 0,
  });
});

test('one that was away while its page and those after it were removed books on the newest', async () => {
  const store = memoryStore();
  const [away, other] = [new SpendBook(store, FOLDER), new SpendBook(store, FOLDER)];
  await away.add(reserve('mine', 1, 10));
  for (let call = 0; call < 40; call += 1) await other.add(reserve(`o${call}`, 0.1, 10));
  expect(await away.add(reserve('late', 6, 10))).toMatchObject({ ok: false, spent: 0 });
  await away.add(settle('mine', 1));
  expect(await other.add(reserve('last', 4.9, 10))).toEqual({ ok: true });
});
