import type * as Fs from 'node:fs/promises';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { BlobStore } from '../../../src/storage/blob-store.js';

const fault = { write: '', read: '' };

// Unit tests share their modules, so the store is loaded anew beside the faulty disk, and forgotten afterwards.
vi.resetModules();
vi.doMock('node:fs/promises', async (original) => {
  const fs = await original<typeof Fs>();
  const failure = (code: string): Error => Object.assign(new Error(`${code}: it failed`), { code });
  return {
    ...fs,
    writeFile: async (...args: Parameters<typeof fs.writeFile>) => {
      if (fault.write === '') return fs.writeFile(...args);
      await fs.writeFile(args[0], 'hal');
      throw failure(fault.write);
    },
    readFile: async (...args: Parameters<typeof fs.readFile>) => {
      if (fault.read !== '') throw failure(fault.read);
      return fs.readFile(...args);
    },
  };
});

const { createFolderStore } = await import('../../../src/storage/folder-store.js');
const { getObject, putObject } = await import('../../../src/storage/objects.js');
afterAll(() => {
  vi.doUnmock('node:fs/promises');
  vi.resetModules();
});

let folder: string;
let store: BlobStore;
beforeEach(async () => {
  fault.write = '';
  fault.read = '';
  folder = await mkdtemp(join(tmpdir(), 'sluice-faults-'));
  store = createFolderStore(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a folder store', () => {
  test.each([
    ['ENOSPC', /failed at "a\/b": the disk is full\. Make room/],
    ['EDQUOT', /the disk quota is used up/],
    ['EROFS', /the file system is read-only/],
    ['EIO', /EIO: it failed\./],
  ])(
    'whose disk answers %s says so, keeps what was there and leaves no part behind',
    async (code, message) => {
      await store.put('a/b', Buffer.from('old'));
      fault.write = code;
      const refused = { code: 'unavailable', message: expect.stringMatching(message) };
      await expect(store.put('a/b', Buffer.from('new'))).rejects.toMatchObject(refused);
      await expect(store.putIfAbsent('a/c', Buffer.from('new'))).rejects.toMatchObject({
        code: 'unavailable',
      });
      fault.write = '';
      expect((await store.get('a/b')).toString()).toBe('old');
      expect(await readdir(join(folder, 'a'))).toEqual(['b']);
      await store.put('a/b', Buffer.from('new'));
      expect((await store.get('a/b')).toString()).toBe('new');
    },
  );

  test.each([
    ['EACCES', /failed at "objects\/.*": permission denied\. Give the user of this process access/],
    ['EIO', /failed at "objects\/.*": EIO: it failed\./],
  ])('whose object answers %s names it, and gives it again when that is mended', async (code, message) => {
    const { sha256 } = await putObject(store, Buffer.from('hello'));
    fault.read = code;
    await expect(getObject(store, sha256)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(message),
    });
    fault.read = '';
    expect((await getObject(store, sha256)).toString()).toBe('hello');
  });
});

describe('putting where nothing is', () => {
  test('lets one of many writers win, who is then read whole', async () => {
    const wins = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        store.putIfAbsent('lease', Buffer.from(String(index).repeat(9999))),
      ),
    );
    expect(wins.filter(Boolean)).toHaveLength(1);
    expect((await store.get('lease')).toString()).toBe(String(wins.indexOf(true)).repeat(9999));
    expect(await readdir(folder)).toEqual(['lease']);
  });
});

test('entries come with their sizes and times, below a prefix only', async () => {
  await store.put('a/b/1', Buffer.from('1234'));
  await store.put('c', Buffer.from('1'));
  const found = [];
  for await (const entry of store.entries('a/')) found.push(entry);
  expect(found).toEqual([{ key: 'a/b/1', size_bytes: 4, modified_at: expect.any(Number) }]);
  for await (const entry of store.entries('none/')) found.push(entry);
  expect(found).toHaveLength(1);
});
