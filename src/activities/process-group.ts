import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { guardGroup, releaseGroup } from './group-guard.js';

const FIRST_POLL_MS = 10;
const LONGEST_POLL_MS = 250;
const live = new Set<number>();
let watchesExit = false;

/**
 * Remembers a process group so that it does not outlive this process, however that ends. `onGuarded` is called once
 * that is certain.
 */
export function trackGroup(pid: number, onGuarded: () => void): void {
  live.add(pid);
  guardGroup(pid, onGuarded);
  if (watchesExit) return;
  watchesExit = true;
  process.once('exit', () => {
    for (const group of live) signalGroup(group, 'SIGKILL');
  });
}

/** Ends at once whatever is left of a group whose first process has ended. */
export function endGroup(pid: number): void {
  signalGroup(pid, 'SIGKILL');
  forgetGroup(pid);
}

/** The group has ended, and its number may soon be that of another one. */
export function forgetGroup(pid: number): void {
  if (live.delete(pid)) releaseGroup(pid);
}

/** SIGTERM to the whole group, SIGKILL to what is left of it after the grace. Resolves when it is gone. */
export async function terminateGroup(pid: number, graceMs: number): Promise<void> {
  if (!signalGroup(pid, 'SIGTERM')) return;
  const end = performance.now() + graceMs;
  for (let pollMs = FIRST_POLL_MS; performance.now() < end; pollMs = Math.min(pollMs * 2, LONGEST_POLL_MS)) {
    await delay(Math.min(pollMs, Math.max(end - performance.now(), 1)));
    if (!signalGroup(pid, 0) || !(await hasLiveMember(pid))) return;
  }
  signalGroup(pid, 'SIGKILL');
}

// In a container whose first process reaps nobody, ended processes stay in their group for ever as zombies.
async function hasLiveMember(group: number): Promise<boolean> {
  const entries = await readdir('/proc').catch(() => null);
  if (entries === null) return true;
  const pids = entries.filter((entry) => /^\d+$/.test(entry));
  const states = await Promise.all(
    pids.map((entry) => readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '')),
  );
  return states.some((stat) => {
    // After the name, which is in parentheses and may hold anything: state, parent, group.
    const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return processGroup === String(group) && state !== 'Z' && state !== 'X';
  });
}

/** False when no process of the group is left. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    // EPERM: the group exists, but changed its user; nothing here can end it.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
