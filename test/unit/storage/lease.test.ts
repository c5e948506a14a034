import { setTimeout as delay } from 'node:timers/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BlobStore } from '../../../src/storage/blob-store.js';
import { createFolderStore } from '../../../src/storage/folder-store.js';
import { acquireLease, type LeaseOptions } from '../../../src/storage/lease.js';

let folder: string;
let store: BlobStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-lease-'));
  store = createFolderStore(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const options = (name: string, changes: Partial<LeaseOptions> = {}): LeaseOptions => ({
  holder: { workflow_id: name, stage: 'train' },
  signal: new AbortController().signal,
  pollMs: 5,
  ...changes,
});

describe('a lease', () => {
  test('is held by one at a time, whoever comes at once', async () => {
    const held = { now: 0, most: 0 };
    const work = async (name: string): Promise<void> => {
      const lease = await acquireLease(store, 'lease', options(name));
      held.most = Math.max(held.most, ++held.now);
      await delay(1);
      held.now -= 1;
      await lease.release();
    };
    await Promise.all(Array.from({ length: 8 }, (_, index) => work(`demo/${index}`)));
    expect(held.most).toBe(1);
    expect(await store.list('')).toEqual([]);
  });

  test('of a holder that was killed is taken over', async () => {
    await store.put(
      'lease',
      Buffer.from('{"nonce":"dead","beat":7,"holder":{"workflow_id":"gone/1","stage":"a"}}'),
    );
    const waits: string[] = [];
    const onWait: LeaseOptions['onWait'] = (other) => void waits.push(other.workflow_id);
    const lease = await acquireLease(store, 'lease', options('demo/1', { staleMs: 50, onWait }));
    expect(waits).toEqual(['gone/1']);
    await lease.release();
    expect(await store.has('lease')).toBe(false);
  });

  test('that nobody can read is taken over too', async () => {
    await store.put('lease', Buffer.from('half a'));
    const lease = await acquireLease(store, 'lease', options('demo/1', { staleMs: 20 }));
    await lease.release();
  });

  test('of a holder that works for long is left alone', async () => {
    const lease = await acquireLease(store, 'lease', options('demo/1', { beatMs: 5 }));
    const stop = new AbortController();
    let isTaken = false;
    const second = acquireLease(
      store,
      'lease',
      options('demo/2', { staleMs: 200, signal: stop.signal }),
    ).then(
      () => (isTaken = true),
      (error: unknown) => error,
    );
    const beat = async (): Promise<number> =>
      (JSON.parse((await store.get('lease')).toString()) as { readonly beat: number }).beat;
    while ((await beat()) < 50) await delay(5);
    stop.abort(new Error('enough'));
    await second;
    expect(isTaken).toBe(false);
    await lease.release();
  });

  test('that was lost is not given back by the one that lost it', async () => {
    const lease = await acquireLease(store, 'lease', options('demo/1'));
    await store.put('lease', Buffer.from('{"nonce":"other","beat":0,"holder":{}}'));
    await lease.release();
    expect(await store.has('lease')).toBe(true);
  });
});
