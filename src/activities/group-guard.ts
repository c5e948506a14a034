import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * Lives until its worker is gone, however that went: its standard input ends then. By that time the worker has taken
 * the groups that ended off the list; what is left would be orphans, which the next attempt would meet.
 */
const SCRIPT = `
groups=""
while read -r what group; do
  case "$what" in
    add) groups="$groups $group" ;;
    del) rest=""; for each in $groups; do [ "$each" = "$group" ] || rest="$rest $each"; done; groups="$rest" ;;
  esac
done
for each in $groups; do kill -s TERM -- "-$each" 2>/dev/null; done
[ -z "$groups" ] || sleep 2
for each in $groups; do kill -s KILL -- "-$each" 2>/dev/null; done
exit 0`;

let input: Writable | undefined;

/** To be called before a command is started, so that it need not wait for the guard. */
export function prepareGuard(): void {
  input ??= startGuard();
}

/**
 * Sees to it that a process group does not outlive this process, even when that is killed. `onGuarded` is called when
 * the guard has been told; where there is no guard, all the same.
 */
export function guardGroup(pid: number, onGuarded: () => void): void {
  prepareGuard();
  input?.write(`add ${pid}\n`, () => onGuarded());
}

/** The group has ended by itself. */
export function releaseGroup(pid: number): void {
  input?.write(`del ${pid}\n`);
}

function startGuard(): Writable {
  // In a group of its own, so that Ctrl-C in a terminal does not end the guard before the worker.
  const guard = spawn('/bin/sh', ['-c', SCRIPT], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
  });
  guard.unref();
  // Without a guard commands still run; they end with the worker unless that is killed.
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  if ('unref' in guard.stdin && typeof guard.stdin.unref === 'function') guard.stdin.unref();
  return guard.stdin;
}
