import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BlobStore } from '../../../src/storage/blob-store.js';
import { createDataConverter, createStorageDriver } from '../../../src/storage/external-storage-driver.js';
import { createFolderStore } from '../../../src/storage/folder-store.js';
import {
  getObject,
  getObjectStream,
  objectKey,
  putObject,
  putObjectFile,
} from '../../../src/storage/objects.js';

let folder: string;
let store: BlobStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-store-'));
  store = createFolderStore(join(folder, 'store'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bytes = (text: string): Buffer => Buffer.from(text);

describe('a folder store', () => {
  test('gives back what was put, from memory and from a stream', async () => {
    await store.put('a/one', bytes('1'));
    await store.put('a/two', Readable.from([bytes('2'), bytes('2')]));
    expect((await store.get('a/one')).toString()).toBe('1');
    expect((await buffer(await store.getStream('a/two'))).toString()).toBe('22');
    expect(await store.has('a/one')).toBe(true);
    expect(await store.has('a')).toBe(false);
    expect(await store.has('a/one/deeper')).toBe(false);
  });

  test('lists keys below a prefix in order, and nothing where nothing is', async () => {
    for (const key of ['a/b/2', 'a/b/1', 'a/c', 'ab/d']) await store.put(key, bytes(key));
    expect(await store.list('a/')).toEqual(['a/b/1', 'a/b/2', 'a/c']);
    expect(await store.list('')).toHaveLength(4);
    expect(await store.list('none/')).toEqual([]);
  });

  test('deletes, also what is not there', async () => {
    await store.put('a', bytes('1'));
    await store.delete('a');
    await store.delete('a');
    expect(await store.has('a')).toBe(false);
  });

  test('names what is missing and where it was looked for', async () => {
    await expect(store.get('a/one')).rejects.toMatchObject({
      code: 'missing',
      message: `The store in ${join(folder, 'store')} holds no object "a/one".`,
    });
    await expect(store.getStream('a/one')).rejects.toMatchObject({ code: 'missing' });
  });

  test('tells a folder that cannot be used from an object that is missing', async () => {
    await writeFile(join(folder, 'file'), '');
    const broken = createFolderStore(join(folder, 'file'));
    await expect(broken.put('a', bytes('1'))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`The store in ${join(folder, 'file')} failed at "a"`),
    });
    await mkdir(join(folder, 'store/taken/x'), { recursive: true });
    await expect(store.get('taken')).rejects.toMatchObject({ code: 'unavailable' });
  });

  test.each(['', '/', '/etc/passwd', '../x', 'a/../b', 'a//b', 'a/./b', 'a\\b', 'a\0', 'x'.repeat(256)])(
    'refuses the key %j',
    async (key) => {
      await expect(store.put(key, bytes('1'))).rejects.toMatchObject({ code: 'bad_key' });
      await expect(store.get(key)).rejects.toMatchObject({ code: 'bad_key' });
    },
  );

  test('never shows half a write, whoever writes at the same time', async () => {
    const contents = Array.from({ length: 20 }, (_, index) => String(index).repeat(100_000));
    await Promise.all(contents.map((text) => store.put('same', bytes(text))));
    expect(contents).toContain((await store.get('same')).toString());
    expect(await readdir(join(folder, 'store'))).toEqual(['same']);
  });

  test('leaves nothing behind when the source of a write fails', async () => {
    const broken = Readable.from(
      (async function* () {
        yield bytes('half');
        throw new Error('disk gone');
      })(),
    );
    await expect(store.put('a/b', broken)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await store.list('')).toEqual([]);
    expect(await readdir(join(folder, 'store/a'))).toEqual([]);
  });
});

describe('an object', () => {
  test('is found under the hash of its bytes', async () => {
    const { sha256, size_bytes } = await putObject(store, bytes('hello'));
    expect(sha256).toBe('2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824');
    expect(size_bytes).toBe(5);
    expect((await getObject(store, sha256)).toString()).toBe('hello');
  });

  test('may be a file of any size', async () => {
    const path = join(folder, 'big');
    await writeFile(path, Buffer.alloc(3_000_000, 7));
    const { sha256, size_bytes } = await putObjectFile(store, path);
    expect(size_bytes).toBe(3_000_000);
    expect((await buffer(await getObjectStream(store, sha256))).equals(await readFile(path))).toBe(true);
  });

  test('with one flipped bit is refused, and mended by storing it again', async () => {
    const { sha256 } = await putObject(store, bytes('hello'));
    const path = join(folder, 'store', objectKey(sha256));
    await writeFile(path, 'hellp');
    const damaged = { code: 'damaged', message: expect.stringContaining(objectKey(sha256)) };
    await expect(getObject(store, sha256)).rejects.toMatchObject(damaged);
    await expect(getObjectStream(store, sha256).then(buffer)).rejects.toMatchObject(damaged);
    await putObject(store, bytes('hello'));
    expect((await getObject(store, sha256)).toString()).toBe('hello');
  });

  test('cannot be asked for by anything but a hash', async () => {
    await expect(getObject(store, '../../etc/passwd')).rejects.toMatchObject({ code: 'bad_key' });
  });
});

describe('external storage', () => {
  const payload = { metadata: { encoding: bytes('json/plain') }, data: bytes('"big"') };

  test('keeps payloads and gives them back; equal ones share an object', async () => {
    const driver = createStorageDriver(store);
    const claims = await driver.store({}, [payload, payload]);
    const [first] = await driver.retrieve({}, claims);
    expect(Buffer.from(first?.data ?? []).toString()).toBe('"big"');
    expect(Buffer.from(first?.metadata?.['encoding'] ?? []).toString()).toBe('json/plain');
    expect(await store.list('objects/')).toHaveLength(1);
  });

  test('says what to check when a payload is in another store', async () => {
    const claims = await createStorageDriver(store).store({}, [payload]);
    const elsewhere = createStorageDriver(createFolderStore(join(folder, 'other')));
    await expect(elsewhere.retrieve({}, claims)).rejects.toThrow(/must share one store/);
  });

  test('takes payloads over 128 KiB', () => {
    expect(createDataConverter(store).externalStorage?.payloadSizeThreshold).toBe(131_072);
  });
});
