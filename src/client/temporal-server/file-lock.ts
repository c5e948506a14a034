import { open, readFile, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { startOf } from './processes.js';

type LockOptions = {
  /** Called once when another process holds the lock. */
  readonly onWait?: (holderPid: number | null) => void;
};

const POLL_MS = 50;
/** A file that names no holder for this long was left by a process that died while it wrote it. */
const UNREADABLE_FOR_MS = 10_000;

/**
 * Runs the work while no other process runs work under the same lock file. The lock of a process that died is taken
 * over at once, without waiting for any time-out.
 */
export async function withFileLock<T>(
  file: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  let hasWaited = false;
  while (!(await tryTake(file))) {
    const holder = await holderOf(file);
    if (holder.state === 'dead') {
      await removeDeadLock(file);
      continue;
    }
    if (!hasWaited) options.onWait?.(holder.pid);
    hasWaited = true;
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function tryTake(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    try {
      await handle.writeFile(`${process.pid} ${await startOf(process.pid)}`);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

type Holder = { readonly state: 'alive' | 'dead'; readonly pid: number | null };

async function holderOf(file: string): Promise<Holder> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const [, pidText, start] = /^(\d+) (.+)$/.exec(text) ?? [];
  if (pidText === undefined) return { state: (await isOld(file)) ? 'dead' : 'alive', pid: null };
  const pid = Number(pidText);
  return { state: (await startOf(pid)) === start ? 'alive' : 'dead', pid };
}

async function isOld(file: string): Promise<boolean> {
  const changedAt = await stat(file).then(
    (found) => found.mtimeMs,
    () => null,
  );
  return changedAt !== null && Date.now() - changedAt > UNREADABLE_FOR_MS;
}

/**
 * Two processes may find the same dead holder; the slower one must not remove the lock that the faster one has taken
 * since. So whoever removes a lock holds a second file and looks again first.
 */
async function removeDeadLock(file: string): Promise<void> {
  const guard = `${file}.takeover`;
  if (!(await tryTake(guard))) {
    if (await isOld(guard)) await rm(guard, { force: true });
    await sleep(POLL_MS);
    return;
  }
  try {
    if ((await holderOf(file)).state === 'dead') await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}
