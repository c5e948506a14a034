import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ExternalStorage, Payload } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createStore } from '../../../src/storage/create-store.js';
import { createDataConverter } from '../../../src/storage/external-storage-driver.js';
import type { BlobStore } from '../../../src/storage/blob-store.js';
import { acquireLease } from '../../../src/storage/lease.js';
import {
  getObject,
  getObjectStream,
  objectKey,
  putObject,
  putObjectFile,
} from '../../../src/storage/objects.js';
import { findS3Server, type S3Server, startS3Server } from '../../support/s3-server.js';

const path = await findS3Server();
const bytes = (text: string): Buffer => Buffer.from(text);

describe.skipIf(path === null)('a store in S3', { timeout: 60_000 }, () => {
  let server: S3Server;
  let store: BlobStore;
  beforeAll(async () => {
    server = await startS3Server(path ?? '');
    store = createStore({ s3: { ...server.settings, prefix: 'team/sluice' } });
  });
  afterAll(() => server.stop());

  test('gives back what was put, from memory and from a stream of many parts', async () => {
    await store.put('a/one', bytes('1'));
    await store.put('a/empty', bytes(''));
    const parts = Array.from({ length: 20 }, () => randomBytes(1_000_000));
    await store.put('a/big', Readable.from(parts));
    expect((await store.get('a/one')).toString()).toBe('1');
    expect((await store.get('a/empty')).byteLength).toBe(0);
    expect((await buffer(await store.getStream('a/big'))).equals(Buffer.concat(parts))).toBe(true);
    expect(await store.has('a/one')).toBe(true);
    expect(await store.has('a/two')).toBe(false);
  });

  test('lists keys below a prefix with sizes and times, also more than a page of them', async () => {
    const names = Array.from({ length: 1050 }, (_, index) => `list/${String(index).padStart(5, '0')}`);
    const folder = join(server.folder, 'team/sluice');
    await mkdir(join(folder, 'list'), { recursive: true });
    await Promise.all(names.map((name) => writeFile(join(folder, name), '1234')));
    await store.put('listed', bytes('1'));
    expect(await store.list('list/')).toEqual(names);
    expect(await store.list('none/')).toEqual([]);
    for await (const entry of store.entries('list/')) {
      expect(entry.size_bytes).toBe(4);
      expect(Math.abs(entry.modified_at - Date.now())).toBeLessThan(3_600_000);
      break;
    }
  });

  test('deletes, also what is not there, and names what is missing', async () => {
    await store.put('gone', bytes('1'));
    await store.delete('gone');
    await store.delete('gone');
    const where = `${server.settings.endpoint}/bucket/team/sluice`;
    await expect(store.get('gone')).rejects.toMatchObject({
      code: 'missing',
      message: `The store in ${where} holds no object "team/sluice/gone".`,
    });
    await expect(store.getStream('gone')).rejects.toMatchObject({ code: 'missing' });
  });

  test('lets one of many writers be the first', async () => {
    const wins = await Promise.all(
      Array.from({ length: 10 }, (_, index) => store.putIfAbsent('first', bytes(String(index)))),
    );
    expect(wins.filter(Boolean)).toHaveLength(1);
    expect((await store.get('first')).toString()).toBe(String(wins.indexOf(true)));
  });

  test('holds leases, one holder at a time', async () => {
    const options = {
      holder: { workflow_id: 'demo/1', stage: 'a' },
      signal: new AbortController().signal,
      pollMs: 20,
    };
    const first = await acquireLease(store, 'lease', options);
    const order: string[] = [];
    const second = acquireLease(store, 'lease', options).then((lease) => (order.push('second'), lease));
    order.push('first');
    await first.release();
    await (await second).release();
    expect(order).toEqual(['first', 'second']);
    expect(await store.has('lease')).toBe(false);
  });

  test('keeps objects by their content, checks them, and mends them when they are stored again', async () => {
    const { sha256 } = await putObject(store, bytes('hello'));
    const file = join(server.folder, 'team/sluice', objectKey(sha256));
    expect((await getObject(store, sha256)).toString()).toBe('hello');
    await writeFile(file, 'hellp');
    const damaged = { code: 'damaged', message: expect.stringContaining(objectKey(sha256)) };
    await expect(getObject(store, sha256)).rejects.toMatchObject(damaged);
    await expect(buffer(await getObjectStream(store, sha256))).rejects.toMatchObject({ code: 'damaged' });
    await putObject(store, bytes('hello'));
    expect((await getObject(store, sha256)).toString()).toBe('hello');
  });

  test('leaves nothing behind when the source of a write fails', async () => {
    const source = Readable.from(
      (async function* () {
        yield randomBytes(9_000_000);
        throw new Error('the file is gone');
      })(),
    );
    await expect(store.put('broken', source)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await store.has('broken')).toBe(false);
    await expect(putObjectFile(store, '/does/not/exist')).rejects.toThrow('ENOENT');
  });

  test('keeps payloads the way Temporal’s drivers do in every language, and checks them', async () => {
    const { externalStorage } = createDataConverter(store);
    const driver = (externalStorage as ExternalStorage).drivers[0];
    if (driver === undefined) throw new Error('no driver');
    const payload: Payload = { metadata: { encoding: bytes('json/plain') }, data: randomBytes(200_000) };
    const target = {
      kind: 'workflow' as const,
      namespace: 'default',
      id: 'demo/1',
      runId: 'r1',
      type: 'pipeline',
    };
    const [claim] = await driver.store({ target }, [payload]);
    if (claim === undefined) throw new Error('no claim');
    expect(driver.name).toBe('aws.s3driver');
    expect(claim.claimData).toMatchObject({
      bucket: 'bucket',
      key: expect.stringMatching(
        /^team\/sluice\/v0\/ns\/default\/wt\/pipeline\/wi\/demo%2F1\/ri\/r1\/d\/sha256\/[0-9a-f]{64}$/,
      ),
      hashAlgorithm: 'sha256',
    });
    const [again] = await driver.retrieve({}, [claim]);
    expect(Buffer.from(again?.data ?? []).equals(payload.data as Buffer)).toBe(true);
    const file = join(server.folder, claim.claimData['key'] ?? '');
    const kept = await readFile(file);
    kept[100_000] = (kept[100_000] ?? 0) ^ 1;
    await writeFile(file, kept);
    await expect(driver.retrieve({}, [claim])).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining(claim.claimData['key'] ?? '-'),
    });
  });

  test('says what is wrong with the bucket and with the credentials', async () => {
    const other = createStore({ s3: { ...server.settings, bucket: 'no-such-bucket' } });
    await expect(other.put('a', bytes('1'))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('the bucket "no-such-bucket" does not exist'),
    });
    const secret = process.env['AWS_SECRET_ACCESS_KEY'];
    process.env['AWS_SECRET_ACCESS_KEY'] = 'wrong';
    const refused = createStore({ s3: server.settings });
    await expect(refused.put('a', bytes('1'))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/access was refused \(SignatureDoesNotMatch\).*s3:PutObject/),
    });
    process.env['AWS_SECRET_ACCESS_KEY'] = secret;
  });
});
