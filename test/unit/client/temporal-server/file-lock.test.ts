import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withFileLock } from '../../../../src/client/temporal-server/file-lock.js';
import { startOf } from '../../../../src/client/temporal-server/processes.js';

let folder: string;
let lock: string;
const DEAD_PID = 2 ** 22 + 1;

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-lock-'));
  lock = join(folder, 'lock');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

it('lets one piece of work run at a time', async () => {
  let running = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
  };
  await Promise.all(Array.from({ length: 8 }, () => withFileLock(lock, work)));
  expect(most).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});

it('lets go of the lock when the work throws', async () => {
  await expect(withFileLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withFileLock(lock, () => Promise.resolve('next'))).toBe('next');
});

it('tells once, with the pid, that somebody else holds the lock', async () => {
  const waits: Array<number | null> = [];
  const { promise: isHeld, resolve: hold } = deferred();
  const { promise: isDone, resolve: finish } = deferred();
  const first = withFileLock(lock, () => {
    hold();
    return isDone;
  });
  await isHeld;
  const second = withFileLock(lock, () => Promise.resolve(), {
    onWait: (pid) => {
      waits.push(pid);
      finish();
    },
  });
  await Promise.all([first, second]);
  expect(waits).toEqual([process.pid]);
});

it('takes over the lock of a process that died, one taker at a time', async () => {
  await writeFile(lock, `${DEAD_PID} long-ago`);
  const order: number[] = [];
  await Promise.all([1, 2, 3].map((n) => withFileLock(lock, async () => void order.push(n))));
  expect(new Set(order)).toEqual(new Set([1, 2, 3]));
  expect(await readdir(folder)).toEqual([]);
});

it('takes over a lock whose pid was given to another process since', async () => {
  await writeFile(lock, `${process.pid} ${await startOf(process.pid)}-earlier`);
  expect(await withFileLock(lock, () => Promise.resolve('mine'))).toBe('mine');
});

it('takes over an empty lock of somebody who died while writing it', async () => {
  await writeFile(lock, '');
  await utimes(lock, 1, 1);
  expect(await withFileLock(lock, () => Promise.resolve('mine'))).toBe('mine');
});
